#include <algorithm>

#include <twoway/key_ring.hpp>

namespace twoway {
namespace {

/// What a wrong public half, a key without the right to derive, or a token that answers in
/// another form would break at the first request, shown when the key is added.
Status self_check(const core::CipherSuite& suite, const PrivateKey& key) noexcept {
  Result<std::unique_ptr<PublicKey>> public_key = suite.kem().import_public(key.public_key());
  if (!public_key) return public_key.error();
  Bytes enc(suite.nenc());
  SharedSecret sent;
  if (Status s = suite.kem().encap(sent, enc, **public_key); !s) return s;
  SharedSecret received;
  if (Status s = key.decap(received, suite.kem(), enc); !s) return s;
  if (std::ranges::equal(sent.view(), received.view())) return {};
  return Error{Errc::key_unavailable, "the private key does not fit its public key"};
}

}  // namespace

KeyRing::KeyRing(const Provider& provider) noexcept
    : provider_(provider), entries_(std::make_shared<const Entries>()) {}

std::shared_ptr<const KeyRing::Entries> KeyRing::snapshot() const noexcept {
  const std::lock_guard lock(mutex_);
  return entries_;
}

Status KeyRing::add(std::uint8_t key_id, std::shared_ptr<const PrivateKey> key,
                    std::vector<SymmetricAlgorithms> algorithms) noexcept {
  if (key == nullptr || algorithms.empty()) {
    return Error{Errc::invalid_argument, "a ring entry needs a key and at least one suite"};
  }
  Entry entry{key_id, std::move(key), {}};
  for (const SymmetricAlgorithms& pair : algorithms) {
    Result<core::CipherSuite> suite =
        framing::find_suite(provider_, {entry.key->kem_id(), pair.kdf, pair.aead});
    if (!suite) return suite.error();
    entry.suites.push_back(*suite);
  }
  if (Status s = self_check(entry.suites.front(), *entry.key); !s) return s;

  const std::lock_guard lock(mutex_);
  const auto same_id = [key_id](const auto& other) { return other->key_id == key_id; };
  if (std::any_of(entries_->begin(), entries_->end(), same_id)) {
    return Error{Errc::invalid_argument, "the ring has a key of this id: choose another id"};
  }
  Entries next = *entries_;
  next.push_back(std::make_shared<const Entry>(std::move(entry)));
  entries_ = std::make_shared<const Entries>(std::move(next));
  return {};
}

Result<KeyRing::Match> KeyRing::find(const RequestHeader& header) const noexcept {
  for (const std::shared_ptr<const Entry>& entry : *snapshot()) {
    if (entry->key_id != header.key_id) continue;
    for (const core::CipherSuite& suite : entry->suites) {
      if (suite.id() == header.suite) return Match{entry, suite};
    }
    return Error{
        Errc::unknown_key,
        "the request uses a suite that its key does not list: fetch the key configuration"};
  }
  return Error{Errc::unknown_key,
               "the request names a key id that is not held: fetch the key configuration"};
}

Result<Bytes> KeyRing::key_configs() const noexcept {
  std::vector<KeyConfig> configs;
  for (const std::shared_ptr<const Entry>& entry : *snapshot()) {
    const ByteView pk = entry->key->public_key();
    KeyConfig config{entry->key_id, entry->key->kem_id(), {pk.begin(), pk.end()}, {}};
    for (const core::CipherSuite& suite : entry->suites) {
      config.algorithms.push_back({suite.id().kdf, suite.id().aead});
    }
    configs.push_back(std::move(config));
  }
  return framing::serialize_key_configs(provider_, configs);
}

}  // namespace twoway
