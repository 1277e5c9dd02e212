// A ring's keys: refusals, states and times.
#include <algorithm>

#include "fake_clock.hpp"
#include "ring_keys.hpp"

using namespace twoway;
using namespace twoway::test;
using namespace std::chrono_literals;

namespace {

/// A key that claims the public key of another.
class Impostor final : public DhPrivateKey {
 public:
  Impostor() : key_(new_key()), other_(new_key()) {}
  KemId kem_id() const noexcept override { return KemId::dhkem_x25519; }
  ByteView public_key() const noexcept override { return other_->public_key(); }
  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    return static_cast<const DhPrivateKey&>(*key_).dh(secret, peer);
  }

 private:
  std::shared_ptr<const PrivateKey> key_;
  std::shared_ptr<const PrivateKey> other_;
};

/// A key whose token is gone.
class Unavailable final : public DhPrivateKey {
 public:
  explicit Unavailable(std::shared_ptr<const PrivateKey> key, bool& gone)
      : key_(std::move(key)), gone_(gone) {}
  KemId kem_id() const noexcept override { return key_->kem_id(); }
  ByteView public_key() const noexcept override { return key_->public_key(); }
  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    if (gone_) return Error{Errc::provider_failure, "the token is gone", 0x32};
    return static_cast<const DhPrivateKey&>(*key_).dh(secret, peer);
  }

 private:
  std::shared_ptr<const PrivateKey> key_;
  const bool& gone_;
};

using Tick = FakeClock::Duration;

std::vector<int> published(const KeyRing& ring) {
  auto list = ring.key_configs();
  if (!list) {
    REQUIRE_ERRC(list, Errc::invalid_argument);
    return {};
  }
  auto configs = framing::parse_key_configs(ring.provider(), *list);
  REQUIRE_OK(configs);
  std::vector<int> ids;
  for (const KeyConfig& config : *configs) ids.push_back(config.key_id);
  return ids;
}

/// A ring with a pending, an active and a retired key, and another that has expired.
struct States {
  FakeClock clock;
  KeyRing ring{any_provider(), &clock};
  std::vector<std::shared_ptr<const PrivateKey>> keys;

  States() {
    for (std::uint8_t id = 0; id < 4; ++id) {
      keys.push_back(new_key());
      REQUIRE_OK(ring.add(id, keys[id], {kChaCha}, id == 0 ? KeyState::pending : KeyState::active));
    }
    REQUIRE_OK(ring.retire(2, clock.now() + 1h));
    REQUIRE_OK(ring.retire(3, clock.now()));
  }
};

}  // namespace

TEST_CASE("a ring refuses keys that could not open requests, and stays as it was") {
  KeyRing ring{any_provider()};
  REQUIRE_ERRC(ring.key_configs(), Errc::invalid_argument);
  REQUIRE_ERRC(ring.add(1, nullptr, {kChaCha}), Errc::invalid_argument);
  REQUIRE_ERRC(ring.add(1, new_key(), {}), Errc::invalid_argument);
  REQUIRE_ERRC(ring.add(1, new_key(), {{KdfId::shake128, AeadId::chacha20_poly1305}}),
               Errc::not_supported);
  REQUIRE_ERRC(ring.add(1, new_key(), {kChaCha, {KdfId::hkdf_sha256, AeadId::export_only}}),
               Errc::not_supported);
  REQUIRE_ERRC(ring.add(1, std::make_shared<Impostor>(), {kChaCha}), Errc::key_unavailable);
  REQUIRE_ERRC(ring.key_configs(), Errc::invalid_argument);

  REQUIRE_OK(ring.add(1, new_key(), {kChaCha}));
  auto before = ring.key_configs();
  REQUIRE_OK(before);
  REQUIRE_ERRC(ring.add(1, new_key(), {kChaCha}), Errc::invalid_argument);
  auto after = ring.key_configs();
  REQUIRE_OK(after);
  REQUIRE(*before == *after);
}

TEST_CASE("a key that fails is not a bad message, and may come back") {
  bool gone = false;
  KeyRing ring{any_provider()};
  REQUIRE_OK(ring.add(1, std::make_shared<Unavailable>(new_key(), gone), {kChaCha}));
  auto configs = ring.key_configs();
  REQUIRE_OK(configs);
  auto sender = RequestSender::create(any_provider(), *configs);
  REQUIRE_OK(sender);
  auto request = sender->seal(as_bytes("question"));
  REQUIRE_OK(request);

  auto pending = RequestReceiver{ring}.begin(Form::whole, request->message);
  REQUIRE_OK(pending);
  gone = true;
  auto opener = pending->decapsulate();
  REQUIRE_ERRC(opener, Errc::key_unavailable);
  REQUIRE(opener.error().native == 0x32);
  gone = false;
  REQUIRE_OK(pending->decapsulate());
}

TEST_CASE("openers and response sealers outlive the ring") {
  auto ring = std::make_unique<KeyRing>(any_provider());
  REQUIRE_OK(ring->add(1, new_key(), {kChaCha}));
  auto configs = ring->key_configs();
  REQUIRE_OK(configs);
  auto sender = RequestSender::create(any_provider(), *configs);
  REQUIRE_OK(sender);
  auto request = sender->seal(as_bytes("question"));
  REQUIRE_OK(request);
  auto pending = RequestReceiver{*ring}.begin(Form::whole, request->message);
  REQUIRE_OK(pending);
  ring.reset();

  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const ByteView sealed = ByteView(request->message).subspan(pending->prefix_size());
  Bytes out(opener->opened_size(sealed.size()));
  REQUIRE_OK(opener->open(out, sealed));
  auto sealer = opener->response_sealer();
  REQUIRE_OK(sealer);
  auto reply = sealer->seal(as_bytes("answer"));
  REQUIRE_OK(reply);
  REQUIRE_OK(request->response_opener.open(*reply));
}

TEST_CASE("pending, active and retired keys open requests; active ones are published") {
  States all;
  KeyRing& ring = all.ring;
  const RequestReceiver receiver{ring};
  REQUIRE(states(ring) == "0 pending, 1 active, 2 retired, 3 retired");
  REQUIRE(published(ring) == std::vector{1});
  for (std::uint8_t id = 0; id < 3; ++id) {
    REQUIRE_OK(receiver.open(message_to(id, *all.keys[id])));
  }
  REQUIRE_ERRC(receiver.open(message_to(3, *all.keys[3])), Errc::unknown_key);

  REQUIRE_OK(ring.activate(0));
  REQUIRE_OK(ring.activate(2));  // a rotation that is taken back
  REQUIRE(published(ring) == std::vector{0, 1, 2});
  REQUIRE_OK(ring.retire(1, all.clock.now() + 1h));
  REQUIRE(published(ring) == std::vector{0, 2});
  REQUIRE(states(ring) == "0 active, 1 retired, 2 active, 3 retired");
  REQUIRE_OK(ring.retire(0, all.clock.now() + 1h));
  REQUIRE_OK(ring.retire(2, all.clock.now() + 1h));
  REQUIRE(published(ring).empty());
  for (std::uint8_t id = 0; id < 3; ++id) {
    REQUIRE_OK(receiver.open(message_to(id, *all.keys[id])));
  }
}

TEST_CASE("a retired key opens requests before its time, and not at it") {
  FakeClock clock;
  KeyRing ring{any_provider(), &clock};
  const auto key = new_key();
  REQUIRE_OK(ring.add(1, key, {kChaCha}, KeyState::pending));
  const RequestReceiver receiver{ring};
  const auto opens = [&] { return receiver.open(message_to(1, *key)); };
  REQUIRE_OK(ring.retire(1, clock.now() + 1h));  // a pending key may be given up
  REQUIRE_OK(opens());
  clock.advance(1h - Tick(1));
  REQUIRE_OK(opens());
  REQUIRE_OK(ring.retire(1, clock.now() + Tick(2)));  // the later time counts
  clock.advance(Tick(1));
  REQUIRE_OK(opens());
  clock.advance(Tick(1));
  auto refused = opens();
  REQUIRE_ERRC(refused, Errc::unknown_key);
  auto absent = receiver.open(message_to(2, *key));
  REQUIRE_ERRC(absent, Errc::unknown_key);
  REQUIRE(std::string(refused.error().message) != absent.error().message);
  REQUIRE(ring.entries().front()->expired(clock.now()));
  REQUIRE(ring.entries().front()->until == clock.now());
}

TEST_CASE("a ring without a clock takes the time of the system") {
  KeyRing ring{any_provider()};
  const auto key = new_key();
  REQUIRE_OK(ring.add(1, key, {kChaCha}));
  const RequestReceiver receiver{ring};
  REQUIRE_OK(ring.retire(1, std::chrono::system_clock::now() + 24h));
  REQUIRE_OK(receiver.open(message_to(1, *key)));
  REQUIRE_OK(ring.retire(1, std::chrono::system_clock::now() - 24h));
  REQUIRE_ERRC(receiver.open(message_to(1, *key)), Errc::unknown_key);
}

TEST_CASE("changes that mean nothing are refused, and change nothing") {
  States all;
  KeyRing& ring = all.ring;
  const std::string before = states(ring);
  REQUIRE_ERRC(ring.activate(9), Errc::unknown_key);
  REQUIRE_ERRC(ring.retire(9, all.clock.now()), Errc::unknown_key);
  REQUIRE_ERRC(ring.remove(9), Errc::unknown_key);
  REQUIRE_ERRC(ring.activate(1), Errc::wrong_state);
  REQUIRE_ERRC(ring.activate(3), Errc::unknown_key);  // an expired key does not come back
  REQUIRE_ERRC(ring.retire(3, all.clock.now() + 1h), Errc::unknown_key);
  REQUIRE_ERRC(ring.add(9, new_key(), {kChaCha}, KeyState::retired), Errc::invalid_argument);
  for (std::uint8_t id = 0; id < 3; ++id) {
    REQUIRE_ERRC(ring.add(id, new_key(), {kChaCha}), Errc::invalid_argument);
  }
  REQUIRE(states(ring) == before);
}

TEST_CASE("the id of an expired or removed key is free for another key") {
  States all;
  KeyRing& ring = all.ring;
  const RequestReceiver receiver{ring};
  const auto second = new_key();
  REQUIRE_OK(ring.add(3, second, {kChaCha}));
  REQUIRE(states(ring) == "0 pending, 1 active, 2 retired, 3 active");
  REQUIRE_OK(receiver.open(message_to(3, *second)));
  REQUIRE_ERRC(receiver.open(message_to(3, *all.keys[3])), Errc::open_failed);

  REQUIRE_OK(ring.remove(0));
  REQUIRE_ERRC(receiver.open(message_to(0, *all.keys[0])), Errc::unknown_key);
  REQUIRE_OK(ring.add(0, second, {kChaCha}));
  REQUIRE(published(ring) == std::vector{1, 3, 0});
}

TEST_CASE("a ring frees expired keys when they are removed") {
  States all;
  std::weak_ptr<const PrivateKey> expired = all.keys[3];
  std::weak_ptr<const PrivateKey> retired = all.keys[2];
  all.keys.clear();
  REQUIRE(!expired.expired());
  REQUIRE(all.ring.remove_expired() == 1);
  REQUIRE(expired.expired());
  REQUIRE(all.ring.remove_expired() == 0);
  REQUIRE(states(all.ring) == "0 pending, 1 active, 2 retired");
  all.clock.advance(1h);
  REQUIRE_OK(all.ring.remove(2));
  REQUIRE(retired.expired());
  REQUIRE_ERRC(all.ring.remove(2), Errc::unknown_key);
}
