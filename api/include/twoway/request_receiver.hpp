// The receiver of requests (RFC 9458 section 4.3).
//
// Who needs it: applications, as receivers. ChunkedRequestOpener is for power users.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <twoway/pending.hpp>
#include <twoway/response.hpp>

namespace twoway {

/// Opens one request, then gives the sealer of its response. Belongs to one thread at a time.
class TWOWAY_API RequestOpener {
 public:
  /// Returns the form in which the request was begun. The functions for the other form fail with
  /// wrong_state and consume nothing.
  Form form() const noexcept { return form_; }

  /// Returns the size of the plaintext in `ciphertext_size` bytes after the prefix, or 0 if they
  /// are too few.
  std::size_t opened_size(std::size_t ciphertext_size) const noexcept {
    return framing::without(nt_, ciphertext_size);
  }

  /// Writes the plaintext of `ciphertext`, the message after its prefix, to the front of `out` and
  /// returns its size. `out` starts at ciphertext.data(), or the bytes written are disjoint from
  /// `ciphertext`. Opens once. A failure consumes nothing, but in place it destroys the message.
  ///
  /// Errors:
  ///   open_failed       the message is not authentic: the bytes written are wiped
  ///   replayed          the request was accepted before: the bytes written are wiped
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the buffers overlap in another way
  ///   wrong_state       the request was opened before, or is chunked
  ///   provider_failure  the library failed
  ///   and those of the replay filter: the bytes written are wiped
  Result<std::size_t> open(ByteSpan out, ByteView ciphertext) noexcept;

  /// Makes the opener of a request in chunks (Chunked OHTTP section 6.1), after its prefix.
  /// Succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the request was opened before, or is whole
  ///   invalid_argument  the limits are wrong (nothing is consumed)
  Result<ChunkOpener> chunk_opener(const ChunkLimits& limits = {}) noexcept;

  /// Opens a request that `source` gives after its prefix, in place of `open` or `chunk_opener`.
  /// One of them succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the request was opened before
  ///   invalid_argument  the limits are wrong or `source` is null (the request is then used up)
  Result<OpenStream> stream(std::unique_ptr<Source> source,
                            const StreamOptions& options = {}) noexcept;

  /// Gives the sealer of the response, once. Fails with wrong_state before a whole request, or the
  /// first chunk of a chunked one, is opened, because an unauthenticated request gets no response.
  /// So a response may begin before its request has ended.
  Result<ResponseSealer> response_sealer() noexcept;

 private:
  template <typename Opener>
  friend class Pending;

  /// `sequence` opens the ciphertext, and `authentic` becomes true when it has opened some.
  RequestOpener(Form form, core::OpenSequence sequence, framing::ResponseContext response, Rng& rng,
                std::shared_ptr<const std::atomic<bool>> authentic) noexcept
      : form_(form),
        sequence_(std::move(sequence)),
        nt_(sequence_->sealed_size(0)),
        response_(std::move(response)),
        rng_(&rng),
        authentic_(std::move(authentic)) {}

  Result<core::OpenSequence> take_sequence() noexcept;

  Form form_;
  std::optional<core::OpenSequence> sequence_;
  std::size_t nt_;
  std::optional<framing::ResponseContext> response_;
  Rng* rng_;
  std::shared_ptr<const std::atomic<bool>> authentic_;
};

/// A request to one receiver that waits for its key.
using PendingRequest = Pending<RequestOpener>;
template <>
TWOWAY_API Result<RequestOpener> PendingRequest::complete(
    const SharedSecret& shared_secret) const noexcept;

/// The plaintext of a request and the sealer of its response.
struct OpenedRequest {
  Bytes plaintext;                 ///< of the request
  ResponseSealer response_sealer;  ///< of its response
};

/// The size of the plaintext of a request in a caller's buffer, and the sealer of its response.
struct OpenedText {
  std::size_t size;                ///< bytes of plaintext
  ResponseSealer response_sealer;  ///< of its response
};

/// The plaintext of a request that is still arriving. `opener` gives the response sealer.
struct RequestStream {
  RequestOpener opener;  ///< for the response sealer
  OpenStream plaintext;  ///< of the request
};

class ChunkedRequestOpener;

/// Opens requests with the keys of a ring, which it borrows. Immutable, and safe to share between
/// threads.
class TWOWAY_API RequestReceiver {
 public:
  /// Borrows the ring, and the generator and filter in the options.
  explicit RequestReceiver(const KeyRing& ring TWOWAY_LIFETIMEBOUND,
                           const ReceiverOptions& options = {}) noexcept
      : ring_(&ring), options_(options) {}
  explicit RequestReceiver(const KeyRing&& ring, const ReceiverOptions& options = {}) = delete;

  /// Begins to open a request of that form, under the form's media type. Reads header and `enc`
  /// from the front of `message`, which may be the whole request or its beginning, checks `enc`,
  /// and finds the key. A message does not say which form it has. Take the form from the media type
  /// that came with the message (HTTP's Content-Type), or serve one form only.
  ///
  /// Errors:
  ///   malformed         the message is shorter than a header
  ///   unknown_key       the ring does not hold the key
  ///   open_failed       the message ends within `enc`, or `enc` is not valid
  ///   invalid_argument  the media types, as for framing::choose_media_type
  ///   provider_failure  the library failed
  Result<PendingRequest> begin(Form form, ByteView message,
                               const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// Reads exactly header and `enc` from `source`, which is at the request's first byte. Fails with
  /// the errors above, truncated, and those of the source.
  Result<PendingRequest> begin(Form form, Source& source,
                               const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// Returns the size of the plaintext in the whole request `message`, or 0 if it is too short or
  /// the ring does not hold its key.
  std::size_t opened_size(ByteView message) const noexcept;

  /// Opens a whole request in one call: begin, decapsulate, open. Writes opened_size(message) bytes
  /// to the front of `out`, whose size is checked before the key is used. `out` starts at the
  /// ciphertext of `message`, or the bytes written are disjoint from `message`. If the message is
  /// not authentic or the replay filter refuses it, the bytes written are wiped. Fails with the
  /// errors of the three functions, and buffer_too_small.
  Result<OpenedText> open(ByteSpan out, ByteView message,
                          const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// Opens a whole request, and returns its plaintext.
  Result<OpenedRequest> open(ByteView message,
                             const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// Opens a request that `source` gives from its first byte: begin and decapsulate, for which this
  /// waits, then RequestOpener::stream. Fails with the errors of all three.
  Result<RequestStream> stream(Form form, std::unique_ptr<Source> source,
                               const MediaTypes& types = kRequestMediaTypes,
                               const StreamOptions& options = {}) const noexcept;

  /// Makes the opener of a chunked request that is pushed from its first byte. It borrows from the
  /// receiver's ring until the header is read. Fails with invalid_argument for wrong media types or
  /// limits.
  Result<ChunkedRequestOpener> chunked_opener(const MediaTypes& types = kRequestMediaTypes,
                                              const ChunkLimits& limits = {}) const noexcept;

 private:
  friend class ChunkedRequestOpener;
  friend class MultiRequestReceiver;
  Result<KeyRing::Match> find(ByteView header) const noexcept;
  Result<detail::PendingState> check(Form form, std::string_view media_type, KeyRing::Match match,
                                     ByteView enc) const noexcept;
  Result<detail::PendingState> read(Form form, ByteView message,
                                    const MediaTypes& types) const noexcept;

  const KeyRing* ring_;
  ReceiverOptions options_;
};

/// Opens a chunked request from its first byte, in pieces of any size, as ChunkOpener does. After
/// header and `enc` it returns need_key, and consumes nothing until `give_key` has brought the key.
/// The caller keeps the rest of the input until then. Belongs to one thread at a time.
class TWOWAY_API ChunkedRequestOpener {
 public:
  /// As ChunkOpener's.
  using State = ChunkOpener::State;
  using Step = ChunkOpener::Step;

  /// As ChunkOpener::open and open_in_place. May also fail with the errors of
  /// RequestReceiver::begin, which stay.
  Result<Step> open(ByteSpan out, ByteView in, End end) noexcept;
  Result<Step> open_in_place(ByteSpan in, End end) noexcept;

  /// As ChunkOpener::output_size.
  std::size_t output_size(std::size_t input_size) const noexcept {
    return chunks_ ? chunks_->output_size(input_size) : 0;
  }

  /// Returns the request that needs its key, or null before need_key. Another thread must work with
  /// a copy of it.
  const PendingRequest* pending() const noexcept {
    return pending_ && !moved_ ? &*pending_ : nullptr;
  }

  /// Continues with the opener from the pending request. Takes the content of `opener` if it
  /// succeeds, and leaves it unchanged otherwise. Fails with wrong_state unless need_key was
  /// returned, or if `opener` has opened something or was begun as whole.
  Status give_key(RequestOpener&& opener) noexcept;

  /// As RequestOpener::response_sealer.
  Result<ResponseSealer> response_sealer() noexcept;

 private:
  friend class RequestReceiver;

  /// `media_type` comes from framing::choose_media_type for chunked messages.
  ChunkedRequestOpener(const RequestReceiver& receiver, std::string_view media_type,
                       const ChunkLimits& limits) noexcept
      : receiver_(receiver), media_type_(media_type), limits_(limits) {}

  Result<Step> read_prefix(ByteView in, End end) noexcept;

  RequestReceiver receiver_;
  std::string media_type_;
  ChunkLimits limits_;
  Bytes prefix_;
  std::optional<KeyRing::Match> match_;
  std::optional<PendingRequest> pending_;
  std::optional<RequestOpener> opener_;
  std::optional<ChunkOpener> chunks_;
  std::optional<Error> error_;
  core::MovedFrom moved_;
};

}  // namespace twoway
