#include "thread_operations.hpp"

namespace twoway::test {
namespace {

std::uint8_t id_of(Turn turn, unsigned first) {
  return static_cast<std::uint8_t>(first + turn.number());
}

SymmetricAlgorithms algorithms(const Shared& s) {
  const Suite suite = s.sender.suite();
  return {suite.kdf, suite.aead};
}

const char* add_key(Shared& s, Turn turn) {
  const std::uint8_t id = id_of(turn, 100);
  const auto& key = s.new_keys[turn.number()];
  WANT(s.pair.ring.add(id, key, {algorithms(s)}));
  WANT(s.pair.ring.add(7, key, {algorithms(s)}).error().code == Errc::invalid_argument);
  const auto match = s.pair.ring.find({id, s.sender.suite()});
  WANT(match && match->entry->key == key);
  return nullptr;
}

const char* rotate_key(Shared& s, Turn turn) {
  KeyRing& ring = s.pair.ring;
  const std::uint8_t id = id_of(turn, 150);
  const RequestHeader header{id, s.sender.suite()};
  WANT(ring.add(id, s.new_keys[turn.number()], {algorithms(s)}, KeyState::pending));
  WANT(ring.find(header)->entry->state == KeyState::pending);
  WANT(ring.activate(id));
  WANT(ring.find(header)->entry->state == KeyState::active);
  WANT(ring.retire(id, TimePoint::max()));
  WANT(ring.find(header)->entry->state == KeyState::retired);
  WANT(ring.retire(id, TimePoint::min()));
  WANT(ring.find(header).error().code == Errc::unknown_key);
  if (turn.thread % 2 == 0) {
    ring.remove_expired();
    WANT(ring.remove(id).error().code == Errc::unknown_key);
  } else if (const Status removed = ring.remove(id); !removed) {
    WANT(removed.error().code == Errc::unknown_key);  // another thread's remove_expired was faster
  }
  return nullptr;
}

const char* list_keys(Shared& s, Turn) {
  const auto entries = s.pair.ring.entries();
  WANT(!entries.empty() && entries.front()->key.get() == &s.pending.key());
  for (const auto& entry : entries) WANT(entry->key != nullptr && entry->suites.size() == 1);
  return nullptr;
}

const char* find_key(Shared& s, Turn) {
  const auto match = s.pair.ring.find({7, s.sender.suite()});
  WANT(match && match->entry->key.get() == &s.pending.key());
  WANT(s.pair.ring.find({8, s.sender.suite()}).error().code == Errc::unknown_key);
  return nullptr;
}

/// The list changes in whole configurations, after its first ones.
const char* key_configs(Shared& s, Turn) {
  const auto configs = s.pair.ring.key_configs();
  WANT(configs && configs->size() % s.configs.size() == 0);
  WANT(copy(ByteView(*configs).first(s.configs.size())) == s.configs);
  WANT(RequestSender::create(s.provider, *configs));
  return nullptr;
}

const char* use_keys(Shared& s, Turn) {
  const Kem& kem = s.pending.kem();
  SharedSecret sent, received;
  Bytes enc(kem.params().nenc);
  WANT(kem.encap(sent, enc, *s.public_key));
  WANT(kem.decap(received, enc, s.pending.key()));
  WANT(copy(sent.view()) == copy(received.view()));
  WANT(kem.decap(received, s.pending.enc(), s.pending.key()));
  WANT(copy(received.view()) == copy(s.secret.view()));
  return nullptr;
}

const char* use_provider(Shared& s, Turn) {
  Bytes random(64);
  WANT(s.provider.rng().fill(random) && random != Bytes(64));
  const auto kem = Kem::find(s.provider, s.sender.suite().kem);
  WANT(kem);
  const auto made = kem->generate_key_pair();
  WANT(made && kem->import_public((*made)->public_key()));
  return nullptr;
}

constexpr Operation kOperations[] = {
    {"KeyRing::add", add_key},
    {"KeyRing::activate, retire, remove, remove_expired", rotate_key},
    {"KeyRing::entries", list_keys},
    {"KeyRing::find", find_key},
    {"KeyRing::key_configs", key_configs},
    {"Kem::encap to one PublicKey, PrivateKey::decap", use_keys},
    {"Provider's generator and KEM", use_provider},
};

}  // namespace

std::span<const Operation> key_operations() { return kOperations; }

}  // namespace twoway::test
