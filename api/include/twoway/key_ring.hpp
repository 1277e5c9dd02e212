// The keys of a receiver, by key id.
//
// Who needs it: applications, as receivers.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include <twoway/clock.hpp>
#include <twoway/types.hpp>

namespace twoway {

/// Whether a key is published.
enum class KeyState : std::uint8_t {
  pending,  ///< opens requests, but is not published yet
  active,   ///< opens requests, and is published
  retired,  ///< opens requests until its time, but is not published
};

/// The time at which a ring checks that a key fits its public key.
enum class KeyCheck : std::uint8_t {
  now,       ///< when it is added: the key must work then, while the caller waits
  deferred,  ///< by its first request: the key may be out of reach, or work asynchronously
};

/// Returns a stable, lower-case name such as "active".
inline const char* to_string(KeyState state) noexcept {
  switch (state) {
    case KeyState::pending: return "pending";
    case KeyState::active: return "active";
    case KeyState::retired: return "retired";
  }
  return "unknown";
}

/// Knows if a key has been seen to fit its public key. Thread-safe.
class TWOWAY_API KeyProof {
 public:
  /// Tells whether the key has fitted.
  bool proven() const noexcept { return proven_; }

 private:
  friend class KeyRing;
  friend class RequestGate;
  template <typename Opener>
  friend class Pending;

  explicit KeyProof(bool proven) noexcept : proven_(proven) {}
  void prove() noexcept { proven_ = true; }

  /// Returns the error for a ciphertext that does not open: `error`, or key_unavailable in place of
  /// open_failed as long as the key may be the reason.
  Error explain(const Error& error) const noexcept;

  std::atomic<bool> proven_;
};

/// A receiver's keys and the suites that each accepts. Thread-safe: keys may be added, changed and
/// removed while requests are opened. A request whose key `find` has returned keeps that key.
/// Borrows from its provider. Shares the keys, so that every user of a key keeps it alive.
///
/// To change keys without refusing a request, add the new key, pending, to every receiver that
/// shares the name. When all have it, activate it and retire the old one for as long as senders may
/// keep a key configuration. Then call `remove_expired`.
///
/// A retired key whose time has come is expired. The ring no longer uses the key and never revives
/// it, so its expiry time can be relied on. It stays listed and in memory until it is removed or
/// its id is added again. Key ids are one byte, so an expired key's id is free for another key.
class TWOWAY_API KeyRing {
 public:
  /// One key, at the time of the call. Immutable.
  struct Entry {
    std::uint8_t key_id;                    ///< as it stands in requests
    std::shared_ptr<const PrivateKey> key;  ///< never null
    std::vector<core::CipherSuite> suites;  ///< in which it opens requests
    KeyState state;                         ///< when the ring was asked
    TimePoint until;  ///< the first moment at which a retired key opens nothing

    std::shared_ptr<KeyProof> proof;  ///< shared by all entries of the key

    /// Returns true if the key is known to fit its public key.
    bool checked() const noexcept { return proof->proven(); }

    /// Tells whether the key opens nothing at that time.
    bool expired(TimePoint now) const noexcept {
      return state == KeyState::retired && now >= until;
    }
  };

  /// `clock` decides when a retired key expires. Null is the system's clock. If it is set back, a
  /// key that expired may open again. Both arguments must outlive the ring.
  explicit KeyRing(const Provider& provider TWOWAY_LIFETIMEBOUND,
                   const Clock* clock = nullptr) noexcept;
  explicit KeyRing(const Provider&& provider, const Clock* clock = nullptr) = delete;
  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;

  /// Returns the provider that the ring was made with.
  const Provider& provider() const noexcept { return provider_; }

  /// Adds a key that accepts requests in the listed suites. Removes an expired key of the same id.
  /// After a failure the ring is as before.
  ///
  /// With KeyCheck::now, a secret is encapsulated to the public key and decapsulated with the key.
  /// With KeyCheck::deferred, the private key is not used. Its first request whose ciphertext is
  /// authentic proves it (Entry::checked). Until then a ciphertext that does not open is
  /// key_unavailable instead of open_failed, because the key may be the reason. Keep such a key
  /// pending until it is checked: a published key that does not fit fails all senders.
  ///
  /// Errors:
  ///   invalid_argument  a null key, an id that is taken, no algorithms, the state `retired`
  ///   not_supported     a suite that the provider lacks or OHTTP has no use for
  ///   invalid_key       the public key is not valid
  ///   key_unavailable   the key failed, or does not fit its public key
  ///   provider_failure  the library failed
  Status add(std::uint8_t key_id, std::shared_ptr<const PrivateKey> key,
             std::vector<SymmetricAlgorithms> algorithms, KeyState state = KeyState::active,
             KeyCheck check = KeyCheck::now) noexcept;

  /// Publishes a pending key, or a retired one again. It keeps its place in the list.
  ///
  /// Errors:
  ///   unknown_key  the ring does not hold the key, or it is expired
  ///   wrong_state  the key is active already
  Status activate(std::uint8_t key_id) noexcept;

  /// Stops publishing a key, and lets it open requests that begin before `until`, or none if that
  /// is past. A retired key takes the new time. Fails with unknown_key if the ring does not hold
  /// the key, or if it is expired.
  Status retire(std::uint8_t key_id, TimePoint until) noexcept;

  /// Removes a key in any state, also an expired one. Fails with unknown_key if the ring does not
  /// hold it.
  Status remove(std::uint8_t key_id) noexcept;

  /// Removes all expired keys and returns their number.
  std::size_t remove_expired() noexcept;

  /// Returns all keys in the order in which they were added, for status pages. An entry keeps its
  /// key alive.
  std::vector<std::shared_ptr<const Entry>> entries() const noexcept;

  /// Finds the entry and suite that a header names. Fails with unknown_key, with a message for each
  /// case, if the ring has no such id, or the key is expired, or the key does not list that suite
  /// (RFC 9458 section 4.3).
  struct Match {
    std::shared_ptr<const Entry> entry;  ///< the key
    core::CipherSuite suite;             ///< one of its suites
  };
  /// Finds the key of a header, as Match says.
  Result<Match> find(const RequestHeader& header) const noexcept;

  /// Writes the list of the active keys in the order in which they were added, media type
  /// application/ohttp-keys. Senders use the first that they can, so a new key is used once those
  /// before it are retired. Fails with invalid_argument if no key is active, because a list must
  /// have at least one.
  Result<Bytes> key_configs() const noexcept;

 private:
  using Entries = std::vector<std::shared_ptr<const Entry>>;
  std::shared_ptr<const Entries> snapshot() const noexcept;
  std::shared_ptr<const Entries> replace(Entries next) noexcept;
  Status set_state(std::uint8_t key_id, KeyState state, TimePoint until) noexcept;

  const Provider& provider_;
  const Clock* clock_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Entries> entries_;  // replaced, never changed, with unique ids
};

}  // namespace twoway
