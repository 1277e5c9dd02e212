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
/// MultiRequestSealer lists the other limits of the format.
class TWOWAY_API MultiRequestOpener {
 public:
  /// Returns the form in which the request was begun. The functions for the other form fail with
  /// wrong_state and consume nothing.
  Form form() const noexcept { return request_.form(); }

  /// Returns the number of bytes of the body before its ciphertext, for opening in place.
  std::size_t prefix_size() const noexcept { return prefix_size_; }

  /// Returns the size of the plaintext in a whole body of `body_size` bytes, or 0 if it is too
  /// short.
  std::size_t opened_size(std::size_t body_size) const noexcept {
    return framing::without(overhead_, body_size);
  }

  /// Writes the plaintext of the whole `body` to the front of `out` and returns its size. `out`
  /// starts prefix_size() bytes into `body`, or the bytes written are disjoint from it. Opens once.
  /// A failure consumes nothing, so another body may be tried, but in place it destroys the body.
  ///
  /// Errors:
  ///   open_failed       the body is not authentic: the bytes written are wiped
  ///   replayed          the request was accepted before: the bytes written are wiped
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the buffers overlap in another way
  ///   wrong_state       the body was opened before, or the request is chunked
  ///   provider_failure  the library failed
  ///   and those of the replay filter: the bytes written are wiped
  Result<std::size_t> open(ByteSpan out, ByteView body) noexcept;

  /// Makes the opener of a body in chunks, from the body's first byte. Succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the body was opened before, or the request is whole
  ///   invalid_argument  the limits are wrong (nothing is consumed)
  Result<ChunkOpener> chunk_opener(const ChunkLimits& limits = {}) noexcept;

  /// Opens a body that `source` gives from its first byte, in place of `open` or `chunk_opener`.
  /// One of them succeeds once. Nothing is read before the stream is read.
  ///
  /// Errors:
  ///   wrong_state       the body was opened before
  ///   invalid_argument  the limits are wrong or `source` is null (the request is then used up)
  Result<OpenStream> stream(std::unique_ptr<Source> source,
                            const StreamOptions& options = {}) noexcept;

  /// Gives the sealer of this receiver's response, once. Fails with wrong_state before a whole
  /// body, or the first chunk of a chunked one, is opened. A key message alone gets no response,
  /// because anyone who saw it may send it with a body of theirs.
  Result<ResponseSealer> response_sealer() noexcept { return request_.response_sealer(); }

 private:
  template <typename Opener>
  friend class Pending;

  /// `key` opens the body once `gate` has admitted its first ciphertext. `request` gives the
  /// response.
  MultiRequestOpener(RequestOpener request, framing::BodyKey key,
                     std::unique_ptr<core::Gate> gate) noexcept
      : request_(std::move(request)),
        prefix_size_(key.nonce_size()),
        overhead_(key.sealed_size(0)),
        key_(std::move(key)),
        gate_(std::move(gate)) {}

  Result<std::unique_ptr<framing::OpenSequenceFactory>> take_factory() noexcept;

  RequestOpener request_;
  std::size_t prefix_size_;
  std::size_t overhead_;
  std::optional<framing::BodyKey> key_;  // until the body is opened
  std::unique_ptr<core::Gate> gate_;     // the request's, which waits for the body
};

/// A key message that waits for its key.
using PendingMultiRequest = Pending<MultiRequestOpener>;
template <>
TWOWAY_API Result<MultiRequestOpener> PendingMultiRequest::complete(
    const SharedSecret& shared_secret) const noexcept;

/// Opens one-to-many requests with the keys of a ring, which it borrows. Immutable, and safe to
/// share between threads.
///
/// The options' replay filter is asked, for the key id and `enc` of the key message, once the
/// body's first ciphertext is authentic and before it is released. Asking earlier would let anyone
/// who saw a key message send it with another body first, so that the genuine request is refused.
class TWOWAY_API MultiRequestReceiver {
 public:
  /// Borrows the ring, and the generator and filter in the options.
  explicit MultiRequestReceiver(const KeyRing& ring TWOWAY_LIFETIMEBOUND,
                                const ReceiverOptions& options = {}) noexcept
      : ring_(&ring), receiver_(ring, options) {}
  explicit MultiRequestReceiver(const KeyRing&& ring, const ReceiverOptions& options = {}) = delete;

  /// Begins to open a request whose body has that form, under the form's media type. Reads a whole
  /// key message, checks its `enc`, and finds the key. Does not need the body yet.
  ///
  /// Errors:
  ///   malformed         the key message is shorter than a header
  ///   unknown_key       the ring does not hold the key
  ///   open_failed       `enc` is not valid, or the key message has the wrong length
  ///   invalid_argument  the media types, as for framing::choose_media_type
  ///   not_supported     the ring's provider lacks the body's AEAD
  ///   provider_failure  the library failed
  Result<PendingMultiRequest> begin(Form form, ByteView encapsulated_key,
                                    const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// Returns the size of the plaintext in a whole body of `body_size` bytes, or 0 if it is too
  /// short or the ring does not hold the key of the key message.
  std::size_t opened_size(ByteView encapsulated_key, std::size_t body_size) const noexcept;

  /// Opens a key message and a whole body in one call: begin, decapsulate, open. Writes
  /// opened_size(encapsulated_key, body.size()) bytes to the front of `out`, whose size is checked
  /// before the key is used. `out` starts at the ciphertext of `body`, or the bytes written are
  /// disjoint from `body`. They are disjoint from `encapsulated_key`. If the body is not authentic
  /// or the replay filter refuses it, the bytes written are wiped. Fails with the errors of the
  /// three functions.
  Result<OpenedText> open(ByteSpan out, ByteView encapsulated_key, ByteView body,
                          const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// Opens a key message and a whole body, and returns the plaintext.
  Result<OpenedRequest> open(ByteView encapsulated_key, ByteView body,
                             const MediaTypes& types = kRequestMediaTypes) const noexcept;

 private:
  const KeyRing* ring_;
  RequestReceiver receiver_;
};

}  // namespace twoway
