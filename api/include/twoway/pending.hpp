// A request that waits for its key.
//
// Who needs it: power users, whose keys answer later or elsewhere.
#pragma once

#include <memory>
#include <string>

#include <twoway/key_ring.hpp>
#include <twoway/replay_filter.hpp>

namespace twoway {

/// Options of a receiver.
struct ReceiverOptions {
  /// Draws response nonces if it is set, in place of the provider's generator. Must outlive the
  /// receiver and its openers, and be thread-safe if the receiver is shared.
  Rng* rng = nullptr;

  /// Refuses requests that were accepted before (`replayed`), if it is set. Must outlive the
  /// receiver and its openers.
  ReplayFilter* replay_filter = nullptr;
};

namespace detail {

/// What a pending request holds. Copies of it share this.
struct PendingState {
  Form form;
  std::string media_type;
  KeyRing::Match match;
  Bytes enc;
  core::Encapsulation encapsulation;  // borrows enc's bytes
  ReceiverOptions options;            // with a generator
  std::size_t overhead;               // bytes around the plaintext in what the opener takes

  // Of a request to many receivers:
  const core::Aead* body_aead = nullptr;
  Bytes sealed_key = {};
};

}  // namespace detail

/// A request, or the key message of a one-to-many request, whose header and `enc` are valid, and
/// whose key is known. The next step is the private key's operation, here or elsewhere, which gives
/// the `Opener`. Keeps its key alive. Immutable and thread-safe. Cheap to copy, because copies
/// share their content. A move copies, so that no object is left empty.
template <typename Opener>
class TWOWAY_API Pending {
 public:
  Pending(const Pending&) noexcept = default;
  Pending& operator=(const Pending&) noexcept = default;

  /// The key id, suite, private key and KEM that the header names.
  std::uint8_t key_id() const noexcept { return state_->match.entry->key_id; }
  Suite suite() const noexcept { return state_->match.suite.id(); }
  const PrivateKey& key() const noexcept { return *state_->match.entry->key; }
  const Kem& kem() const noexcept { return state_->match.suite.kem(); }

  /// Nenc bytes, checked.
  ByteView enc() const noexcept { return state_->encapsulation.bytes(); }

  /// Returns the checked public key of the sender for an operation elsewhere, as
  /// Encapsulation::peer does. Null if the KEM has none.
  const PublicKey* peer() const noexcept { return state_->encapsulation.peer(); }

  /// Returns the number of bytes of header and `enc`.
  std::size_t prefix_size() const noexcept { return framing::kHeaderSize + enc().size(); }

  /// As the opener's opened_size, before the key is used.
  std::size_t opened_size(std::size_t size) const noexcept {
    return framing::without(state_->overhead, size);
  }

  /// Runs the key's operation in this thread, which may block as long as the key does. A failure
  /// leaves the request pending.
  ///
  /// Errors:
  ///   key_unavailable   the key failed, and may be tried again
  ///   open_failed       the key's KEM finds `enc` invalid, or the key message is not authentic
  ///   provider_failure  the library failed
  Result<Opener> decapsulate() const noexcept {
    SharedSecret shared_secret;
    Status s = key().decap(shared_secret, kem(), state_->encapsulation);
    return s ? complete(shared_secret) : s.error();
  }

  /// Takes Decap(enc, skR) that was computed elsewhere, as a KMS with KEM keys does. A wrong secret
  /// shows as open_failed when the request is opened. A key message is opened at once.
  ///
  /// Errors:
  ///   invalid_argument  it has not Nsecret bytes
  ///   open_failed       the key message is not authentic, or the secret is wrong
  ///   provider_failure  the library failed
  Result<Opener> complete(const SharedSecret& shared_secret) const noexcept;

  /// Takes DH(skR, peer()) that was computed elsewhere: the shared x coordinate of a NIST curve, or
  /// the output of X25519 or X448. A wrong one shows as for `complete`.
  ///
  /// Errors:
  ///   key_unavailable   it has not Ndh bytes, or is all zero from X25519 or X448
  ///   not_supported     the KEM is not a DHKEM
  ///   provider_failure  the library failed
  Result<Opener> complete_dh(const core::DhSecret& dh) const noexcept {
    SharedSecret shared_secret;
    Status s =
        kem().shared_secret_from_dh(shared_secret, dh, state_->encapsulation, key().public_key());
    return s ? complete(shared_secret) : s.error();
  }

  /// Takes both results of a hybrid's two halves: `ml_kem`, the secret that ML-KEM's key
  /// decapsulates from the front of `enc`, and `dh` as for complete_dh
  /// (Kem::shared_secret_from_parts).
  ///
  /// Errors:
  ///   key_unavailable   one has another length, or `dh` is all zero from X25519
  ///   not_supported     the KEM is no hybrid, or the provider's native one
  ///   provider_failure  the library failed
  Result<Opener> complete_hybrid(const SharedSecret& ml_kem,
                                 const core::DhSecret& dh) const noexcept {
    SharedSecret shared_secret;
    Status s = kem().shared_secret_from_parts(shared_secret, ml_kem, dh, state_->encapsulation,
                                              key().public_key());
    return s ? complete(shared_secret) : s.error();
  }

 private:
  friend class RequestReceiver;
  friend class ChunkedRequestOpener;
  friend class MultiRequestReceiver;
  template <typename Another>
  friend class Pending;

  explicit Pending(std::shared_ptr<const detail::PendingState> state) noexcept
      : state_(std::move(state)) {}
  static Result<Pending> of(Result<detail::PendingState> state) noexcept {
    if (!state) return state.error();
    return Pending(std::make_shared<const detail::PendingState>(std::move(*state)));
  }

  std::shared_ptr<const detail::PendingState> state_;
};

}  // namespace twoway
