// The keys of a receiver, by key id.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <twoway/names.hpp>

namespace twoway {

/// A receiver's keys and the suites that each accepts. Thread-safe: keys may be added while
/// requests are opened. Borrows from its provider; shares the keys, so that whatever uses one
/// keeps it alive.
class TWOWAY_API KeyRing {
 public:
  /// One key. Immutable.
  struct Entry {
    std::uint8_t key_id;
    std::shared_ptr<const PrivateKey> key;
    std::vector<core::CipherSuite> suites;
  };

  explicit KeyRing(const Provider& provider) noexcept;
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  const Provider& provider() const noexcept { return provider_; }

  /// Adds a key that accepts requests in the listed suites, after a self-check: a secret is
  /// encapsulated to its public key and decapsulated with the key. On failure the ring is as
  /// before. Errors: invalid_argument (a null key, an id that is taken, no algorithms),
  /// not_supported (a suite that the provider lacks or OHTTP has no use for), key_unavailable (the
  /// key failed, or does not fit its public key), provider_failure.
  Status add(std::uint8_t key_id, std::shared_ptr<const PrivateKey> key,
             std::vector<SymmetricAlgorithms> algorithms) noexcept;

  /// The entry and suite that a header names; unknown_key where the ring has no such id, or did
  /// not list that suite for it (RFC 9458 section 4.3).
  struct Match {
    std::shared_ptr<const Entry> entry;
    core::CipherSuite suite;
  };
  Result<Match> find(const RequestHeader& header) const noexcept;

  /// The list of all keys in the order of their adding, media type application/ohttp-keys.
  /// invalid_argument for an empty ring.
  Result<Bytes> key_configs() const noexcept;

 private:
  using Entries = std::vector<std::shared_ptr<const Entry>>;
  std::shared_ptr<const Entries> snapshot() const noexcept;

  const Provider& provider_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Entries> entries_;  // replaced, never changed
};

}  // namespace twoway
