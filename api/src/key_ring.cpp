#include <algorithm>
#include <utility>

#include <twoway/key_ring.hpp>

namespace twoway {
namespace {

constexpr Error kNotHeld{Errc::unknown_key, "the ring holds no key of this id: add it first"};
constexpr Error kExpired{Errc::unknown_key,
                         "the key of this id has expired: add a key under this or another id"};

/// Finds an entry by its key id.
auto has_id(std::uint8_t key_id) noexcept {
  return [key_id](const auto& entry) { return entry->key_id == key_id; };
}

/// Finds faults when a key is added that would otherwise break its first request: a wrong public
/// half, a key without the right to derive, a token that returns another form.
Status self_check(const Kem& kem, const PrivateKey& key, const PublicKey& public_key) noexcept {
  Bytes enc(kem.params().nenc);
  SharedSecret sent;
  if (Status s = kem.encap(sent, enc, public_key); !s) return s;
  SharedSecret received;
  if (Status s = kem.decap(received, enc, key); !s) return s;
  if (core::equal(sent.view(), received.view())) return {};
  return Error{Errc::key_unavailable, "the private key does not fit its public key"};
}

}  // namespace

Error KeyProof::explain(const Error& error) const noexcept {
  if (error.code != Errc::open_failed || proven()) return error;
  return {Errc::key_unavailable,
          "the message did not open, and its key has opened none yet: it may be forged, or the "
          "private key does not fit its public key"};
}

KeyRing::KeyRing(const Provider& provider, const Clock* clock) noexcept
    : provider_(provider), clock_(clock), entries_(std::make_shared<const Entries>()) {}

std::shared_ptr<const KeyRing::Entries> KeyRing::snapshot() const noexcept {
  const std::lock_guard lock(mutex_);
  return entries_;
}

/// Call under the lock. Returns the former entries, to be released after the lock, because
/// releasing a key may take a token's time.
std::shared_ptr<const KeyRing::Entries> KeyRing::replace(Entries next) noexcept {
  return std::exchange(entries_, std::make_shared<const Entries>(std::move(next)));
}

Status KeyRing::add(std::uint8_t key_id, std::shared_ptr<const PrivateKey> key,
                    std::vector<SymmetricAlgorithms> algorithms, KeyState state,
                    KeyCheck check) noexcept {
  if (key == nullptr || algorithms.empty()) {
    return Error{Errc::invalid_argument, "a ring entry needs a key and at least one suite"};
  }
  if (state == KeyState::retired) {
    return Error{Errc::invalid_argument, "add a key as pending or active, then retire it"};
  }
  const bool check_now = check == KeyCheck::now;
  std::shared_ptr<KeyProof> proof(new KeyProof(check_now));
  Entry entry{key_id, std::move(key), {}, state, {}, std::move(proof)};
  for (const SymmetricAlgorithms& pair : algorithms) {
    Result<core::CipherSuite> suite =
        framing::find_suite(provider_, {entry.key->kem_id(), pair.kdf, pair.aead});
    if (!suite) return suite.error();
    entry.suites.push_back(*suite);
  }
  const Kem& kem = entry.suites.front().kem();
  Result<std::unique_ptr<PublicKey>> public_key = kem.import_public(entry.key->public_key());
  if (!public_key) return public_key.error();
  if (check_now) {
    if (Status s = self_check(kem, *entry.key, **public_key); !s) return s;
  }

  const TimePoint now = detail::now(clock_);
  std::shared_ptr<const Entries> before;
  const std::lock_guard lock(mutex_);
  Entries next = *entries_;
  if (const auto same = std::find_if(next.begin(), next.end(), has_id(key_id));
      same != next.end()) {
    if (!(*same)->expired(now)) {
      return Error{Errc::invalid_argument, "the ring has a key of this id: choose another id"};
    }
    next.erase(same);
  }
  next.push_back(std::make_shared<const Entry>(std::move(entry)));
  before = replace(std::move(next));
  return {};
}

Status KeyRing::set_state(std::uint8_t key_id, KeyState state, TimePoint until) noexcept {
  const TimePoint now = detail::now(clock_);
  std::shared_ptr<const Entries> before;
  const std::lock_guard lock(mutex_);
  Entries next = *entries_;
  const auto held = std::find_if(next.begin(), next.end(), has_id(key_id));
  if (held == next.end()) return kNotHeld;
  if ((*held)->expired(now)) return kExpired;
  if (state == KeyState::active && (*held)->state == state) {
    return Error{Errc::wrong_state, "the key is active already"};
  }
  Entry entry = **held;
  entry.state = state;
  entry.until = until;
  *held = std::make_shared<const Entry>(std::move(entry));
  before = replace(std::move(next));
  return {};
}

Status KeyRing::activate(std::uint8_t key_id) noexcept {
  return set_state(key_id, KeyState::active, {});
}

Status KeyRing::retire(std::uint8_t key_id, TimePoint until) noexcept {
  return set_state(key_id, KeyState::retired, until);
}

Status KeyRing::remove(std::uint8_t key_id) noexcept {
  std::shared_ptr<const Entries> before;
  const std::lock_guard lock(mutex_);
  Entries next = *entries_;
  if (std::erase_if(next, [&](const auto& entry) { return entry->key_id == key_id; }) == 0) {
    return kNotHeld;
  }
  before = replace(std::move(next));
  return {};
}

std::size_t KeyRing::remove_expired() noexcept {
  const TimePoint now = detail::now(clock_);
  std::shared_ptr<const Entries> before;
  const std::lock_guard lock(mutex_);
  Entries next = *entries_;
  const std::size_t removed =
      std::erase_if(next, [&](const auto& entry) { return entry->expired(now); });
  before = replace(std::move(next));
  return removed;
}

std::vector<std::shared_ptr<const KeyRing::Entry>> KeyRing::entries() const noexcept {
  return *snapshot();
}

Result<KeyRing::Match> KeyRing::find(const RequestHeader& header) const noexcept {
  const std::shared_ptr<const Entries> entries = snapshot();
  const auto held = std::find_if(entries->begin(), entries->end(), has_id(header.key_id));
  if (held == entries->end()) {
    return Error{Errc::unknown_key,
                 "the request names a key id that is not held: fetch the key configuration"};
  }
  if ((*held)->expired(detail::now(clock_))) {
    return Error{Errc::unknown_key,
                 "the request names a key that has expired: fetch the key configuration"};
  }
  for (const core::CipherSuite& suite : (*held)->suites) {
    if (suite.id() == header.suite) return Match{*held, suite};
  }
  return Error{Errc::unknown_key,
               "the request uses a suite that its key does not list: fetch the key configuration"};
}

Result<Bytes> KeyRing::key_configs() const noexcept {
  const std::shared_ptr<const Entries> entries = snapshot();
  std::vector<KeyConfig> configs;
  for (const std::shared_ptr<const Entry>& entry : *entries) {
    if (entry->state != KeyState::active) continue;
    const ByteView pk = entry->key->public_key();
    KeyConfig config{entry->key_id, entry->key->kem_id(), {pk.begin(), pk.end()}, {}};
    for (const core::CipherSuite& suite : entry->suites) {
      config.algorithms.push_back({suite.id().kdf, suite.id().aead});
    }
    configs.push_back(std::move(config));
  }
  if (configs.empty()) {
    return Error{Errc::invalid_argument,
                 "the ring has no active key to publish: add or activate one"};
  }
  return framing::serialize_key_configs(provider_, configs);
}

}  // namespace twoway
