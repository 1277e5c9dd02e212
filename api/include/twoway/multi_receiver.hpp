// The receiver of a one-to-many request (framing/multi.hpp).
//
// Who needs it: applications, as receivers of one-to-many requests.
#pragma once

#include <memory>
#include <optional>

#include <twoway/framing/multi.hpp>
#include <twoway/request_receiver.hpp>

namespace twoway {

/// Opens the body of one request, then gives the sealer of this receiver's response. Belongs to one
/// thread at a time. Borrows as RequestOpener does.
///
/// An opened body comes from someone who holds its key: the sender, or any other of its receivers,
/// each of whom could forge it. No other receiver can read or forge this one's response.
/// MultiRequestSealer says what else the format does not protect.
class TWOWAY_API MultiRequestOpener {
 public:
  /// `key` opens the body once `gate` has admitted its first ciphertext. `request` gives the
  /// response.
  MultiRequestOpener(RequestOpener request, framing::BodyKey key,
                     std::unique_ptr<core::Gate> gate) noexcept
      : request_(std::move(request)),
        prefix_size_(key.nonce_size()),
        overhead_(key.sealed_size(0)),
        key_(std::move(key)),
        gate_(std::move(gate)) {}

  /// The form in which the request was begun. The functions for the other form answer wrong_state
  /// and use nothing up.
  Form form() const noexcept { return request_.form(); }

  /// Bytes of the body before its ciphertext, for opening in place.
  std::size_t prefix_size() const noexcept { return prefix_size_; }

  /// Bytes of plaintext in a whole body of `body_size` bytes; 0 where it is too short.
  std::size_t opened_size(std::size_t body_size) const noexcept {
    return body_size < overhead_ ? 0 : body_size - overhead_;
  }

  /// Writes the plaintext of the whole `body` to the front of `out` and answers its length. `out`
  /// starts prefix_size() bytes into `body`, or what is written is disjoint from it; else
  /// invalid_argument. open_failed and replayed wipe what was written; in place that destroys the
  /// body. A failure uses nothing up: another body may be tried. Opens once: after a success,
  /// wrong_state. Errors: open_failed, replayed, those of the replay filter, buffer_too_small,
  /// wrong_state, provider_failure.
  Result<std::size_t> open(ByteSpan out, ByteView body) noexcept;

  /// What opens a body in chunks from its first byte. Once: after a success, wrong_state. Errors:
  /// wrong_state, invalid_argument (the limits; nothing is used up).
  Result<ChunkOpener> chunk_opener(const ChunkLimits& limits = {}) noexcept;

  /// The plaintext of a body that `source` gives from its first byte, in place of `open` or
  /// `chunk_opener`: one of them succeeds once. Nothing is read before the stream is. Errors:
  /// wrong_state, invalid_argument (the limits, a null source; the request is then used up).
  Result<OpenStream> stream(std::unique_ptr<Source> source,
                            const StreamOptions& options = {}) noexcept;

  /// The sealer of this receiver's response, once. wrong_state before a whole body is opened, or
  /// the first chunk of a chunked one: a key message alone gets no answer, as whoever saw it may
  /// send it with a body of theirs.
  Result<ResponseSealer> response_sealer() noexcept { return request_.response_sealer(); }

 private:
  Result<std::unique_ptr<framing::OpenSequenceFactory>> take_factory() noexcept;

  RequestOpener request_;
  std::size_t prefix_size_;
  std::size_t overhead_;
  std::optional<framing::BodyKey> key_;  // until the body is opened
  std::unique_ptr<core::Gate> gate_;     // the request's, which waits for the body
};

/// A key message whose header and `enc` were read and are valid, and whose key is known. What
/// remains is the private key's operation, here or elsewhere. Keeps its key alive. Immutable and
/// thread-safe. A move copies, so that no object is left empty.
class TWOWAY_API PendingMultiRequest {
 public:
  /// `sealed_key` is what follows the prefix of a key message, kBodyKeySize + Nt bytes.
  PendingMultiRequest(PendingRequest request, const core::Aead& body_aead,
                      ByteView sealed_key) noexcept
      : request_(std::move(request)),
        body_aead_(&body_aead),
        sealed_key_(sealed_key.begin(), sealed_key.end()) {}

  PendingMultiRequest(const PendingMultiRequest&) = default;
  PendingMultiRequest& operator=(const PendingMultiRequest&) = default;

  /// Key, suite and `enc`, for an operation elsewhere. Go on with the functions below: its own
  /// `decapsulate` and completions are for requests to one receiver.
  const PendingRequest& request() const noexcept { return request_; }

  /// Runs the private key's operation in this thread, which may block as long as the key does, and
  /// opens the body's key. A failure leaves the request pending: key_unavailable may be tried
  /// again. Errors: open_failed (not a valid `enc`, or the key message is not authentic),
  /// key_unavailable, provider_failure.
  Result<MultiRequestOpener> decapsulate() const noexcept;

  /// As PendingRequest::complete, complete_dh and complete_hybrid, and open the body's key. Errors
  /// also: open_failed (a wrong secret, or the key message is not authentic).
  Result<MultiRequestOpener> complete(const SharedSecret& shared_secret) const noexcept;
  Result<MultiRequestOpener> complete_dh(const core::DhSecret& dh) const noexcept;
  Result<MultiRequestOpener> complete_hybrid(const SharedSecret& ml_kem,
                                             const core::DhSecret& dh) const noexcept;

 private:
  Result<MultiRequestOpener> open_key(Result<RequestOpener> request) const noexcept;

  PendingRequest request_;
  const core::Aead* body_aead_;
  Bytes sealed_key_;
};

/// Opens requests to many receivers with the keys of a ring, which it borrows. Immutable, and safe
/// to share between threads.
///
/// The options' replay filter is asked, for the key id and `enc` of the key message, once the
/// body's first ciphertext is authentic and before it is released. It is not asked sooner, so that
/// nobody who saw a key message can have the true request refused by sending it with another body
/// first.
class TWOWAY_API MultiRequestReceiver {
 public:
  /// Borrows the ring and what the options name.
  explicit MultiRequestReceiver(const KeyRing& ring TWOWAY_LIFETIMEBOUND,
                                const ReceiverOptions& options = {}) noexcept
      : ring_(&ring), receiver_(ring, options) {}
  explicit MultiRequestReceiver(const KeyRing&& ring, const ReceiverOptions& options = {}) = delete;

  /// Begins to open a request whose body has that form, under the form's media type: reads a whole
  /// key message, checks its `enc`, and finds the key. The body is not needed yet. Errors:
  /// malformed (shorter than a header), unknown_key, open_failed (`enc` is not valid, or another
  /// length than a key message has), invalid_argument (the media types, as
  /// framing::choose_media_type says), not_supported (the ring's provider lacks the body's AEAD),
  /// provider_failure.
  Result<PendingMultiRequest> begin(Form form, ByteView encapsulated_key,
                                    const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// A key message and a whole body in one call: begin, decapsulate, open.
  Result<OpenedRequest> open(ByteView encapsulated_key, ByteView body,
                             const MediaTypes& types = kRequestMediaTypes) const noexcept;

 private:
  const KeyRing* ring_;
  RequestReceiver receiver_;
};

}  // namespace twoway
