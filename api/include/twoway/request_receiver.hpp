// The receiver of requests (RFC 9458 section 4.3).
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <twoway/key_ring.hpp>
#include <twoway/replay_filter.hpp>
#include <twoway/response.hpp>

namespace twoway {

/// Opens one request, then gives the sealer of its response. Belongs to one thread at a time.
class TWOWAY_API RequestOpener {
 public:
  /// `sequence` opens the text, and `authentic` becomes true when it has opened some.
  RequestOpener(Form form, core::OpenSequence sequence, framing::ResponseContext response, Rng& rng,
                std::shared_ptr<const std::atomic<bool>> authentic) noexcept
      : form_(form),
        sequence_(std::move(sequence)),
        nt_(sequence_->sealed_size(0)),
        response_(std::move(response)),
        rng_(&rng),
        authentic_(std::move(authentic)) {}

  /// The form in which the request was begun. The functions for the other form answer wrong_state
  /// and use nothing up.
  Form form() const noexcept { return form_; }

  /// Bytes of plaintext in `sealed_size` bytes after the prefix; 0 where they are too few.
  std::size_t opened_size(std::size_t sealed_size) const noexcept {
    return sealed_size < nt_ ? 0 : sealed_size - nt_;
  }

  /// Writes the plaintext of `sealed`, the message after its prefix, to the front of `out` and
  /// answers its length. `out` starts at sealed.data() or is disjoint from it. open_failed and
  /// refusals of the replay filter wipe what was written; in place that destroys the message. Opens
  /// once: after a success, wrong_state. Errors: open_failed, replayed, those of the replay filter,
  /// buffer_too_small, wrong_state, provider_failure.
  Result<std::size_t> open(ByteSpan out, ByteView sealed) noexcept;

  /// What opens a request in chunks (Chunked OHTTP section 6.1), after its prefix. Once: after a
  /// success, wrong_state. Errors: wrong_state, invalid_argument (the limits; the request is then
  /// used up).
  Result<ChunkOpener> chunk_opener(const ChunkLimits& limits = {}) noexcept;

  /// The plaintext of a request that `source` gives after its prefix, in place of `open` or
  /// `chunk_opener`: one of them succeeds once. Errors: wrong_state, invalid_argument (the limits,
  /// a null source; the request is then used up).
  Result<OpenStream> stream(std::unique_ptr<Source> source,
                            const StreamOptions& options = {}) noexcept;

  /// The sealer of the response, once. An unauthenticated request gets no answer: wrong_state
  /// before a whole request is opened, or the first chunk of a chunked one. So a response may
  /// begin before its request has ended.
  Result<ResponseSealer> response_sealer() noexcept;

 private:
  friend class PendingMultiRequest;  // opens the body's key in place of a text
  Result<core::OpenSequence> take_sequence() noexcept;

  Form form_;
  std::optional<core::OpenSequence> sequence_;
  std::size_t nt_;
  std::optional<framing::ResponseContext> response_;
  Rng* rng_;
  std::shared_ptr<const std::atomic<bool>> authentic_;
};

struct ReceiverOptions {
  /// Draws response nonces where it is set, else the provider's generator does; must outlive the
  /// receiver and its openers, and be thread-safe where the receiver is shared.
  Rng* rng = nullptr;

  /// Refuses requests that were accepted before, where it is set (`replayed`); must outlive the
  /// receiver and its openers.
  ReplayFilter* replay_filter = nullptr;
};

/// A request whose header and `enc` were read, and whose key is known: what remains is the
/// private key's operation, here or elsewhere. Movable to any thread. Keeps its key alive.
class TWOWAY_API PendingRequest {
 public:
  PendingRequest(Form form, std::string_view media_type, KeyRing::Match match, ByteView enc,
                 const ReceiverOptions& options) noexcept
      : form_(form),
        media_type_(media_type),
        match_(std::move(match)),
        enc_(enc.begin(), enc.end()),
        options_(options) {}

  std::uint8_t key_id() const noexcept { return match_.entry->key_id; }
  Suite suite() const noexcept { return match_.suite.id(); }
  const PrivateKey& key() const noexcept { return *match_.entry->key; }
  const Kem& kem() const noexcept { return match_.suite.kem(); }
  ByteView enc() const noexcept { return enc_; }

  /// Bytes of the message before its sealed text: header and `enc`.
  std::size_t prefix_size() const noexcept { return framing::kHeaderSize + enc_.size(); }

  /// As RequestOpener::opened_size, known before the key is used.
  std::size_t opened_size(std::size_t sealed_size) const noexcept {
    const std::size_t nt = match_.suite.nt();
    return sealed_size < nt ? 0 : sealed_size - nt;
  }

  /// Runs the key's operation in this thread; it may block as long as the key does. A failure
  /// leaves the request pending: key_unavailable may be tried again. Errors: open_failed (not a
  /// valid `enc`), key_unavailable, provider_failure.
  Result<RequestOpener> decapsulate() const noexcept;

  /// Takes the result of Decap(enc, skR) that was computed elsewhere, Nsecret bytes.
  /// (Kem::shared_secret_from_dh makes it from a raw Diffie-Hellman result.) A wrong secret shows
  /// as open_failed when the request is opened. Errors: invalid_argument (its length),
  /// provider_failure.
  Result<RequestOpener> complete(ByteView shared_secret) const noexcept;

 private:
  friend class MultiRequestReceiver;  // asks the suite for a key message's size
  Form form_;
  std::string media_type_;
  KeyRing::Match match_;
  Bytes enc_;
  ReceiverOptions options_;  // with a generator
};

/// The plaintext of a request and the sealer of its response.
struct OpenedRequest {
  Bytes plaintext;
  ResponseSealer response_sealer;
};

/// The plaintext of a request that is still arriving. Ask `opener` for the response sealer.
struct RequestStream {
  RequestOpener opener;
  OpenStream plaintext;
};

class ChunkedRequestOpener;

/// Opens requests with the keys of a ring, which it borrows. Immutable, and safe to share between
/// threads.
class TWOWAY_API RequestReceiver {
 public:
  explicit RequestReceiver(const KeyRing& ring, const ReceiverOptions& options = {}) noexcept
      : ring_(&ring), options_(options) {}

  /// Begins to open a request of that form, under the form's media type: reads header and `enc`
  /// from the front of `message`, which may be the whole request or its beginning, and finds the
  /// key. A message does not say which form it has. Tell it from the media type that came with the
  /// message (HTTP's Content-Type), or serve one form only. Errors: malformed (shorter than a
  /// header), unknown_key, open_failed (shorter than its `enc`), invalid_argument (the media types,
  /// as framing::choose_media_type says).
  Result<PendingRequest> begin(Form form, ByteView message,
                               const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// As above, reading exactly header and `enc` from `source`, which is at the request's first
  /// byte. Errors: also truncated, and those of the source.
  Result<PendingRequest> begin(Form form, Source& source,
                               const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// A whole request in one call: begin, decapsulate, open.
  Result<OpenedRequest> open(ByteView message,
                             const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// A request that `source` gives from its first byte: begin and decapsulate, for which this
  /// waits; then RequestOpener::stream. Errors: those of all three.
  Result<RequestStream> stream(Form form, std::unique_ptr<Source> source,
                               const MediaTypes& types = kRequestMediaTypes,
                               const StreamOptions& options = {}) const noexcept;

  /// What opens a chunked request that is pushed from its first byte. Borrows from the receiver's
  /// ring until the header is read. Errors: invalid_argument (the media types).
  Result<ChunkedRequestOpener> chunked_opener(const MediaTypes& types = kRequestMediaTypes,
                                              const ChunkLimits& limits = {}) const noexcept;

 private:
  friend class ChunkedRequestOpener;
  Result<KeyRing::Match> find(ByteView header) const noexcept;
  PendingRequest pending(Form form, std::string_view media_type, KeyRing::Match match,
                         ByteView enc) const noexcept;

  const KeyRing* ring_;
  ReceiverOptions options_;
};

/// Opens a chunked request from its first byte, given in pieces of any size, as ChunkOpener does.
/// After header and `enc` it answers need_key, and consumes nothing until `resume` has brought the
/// key: what is not consumed stays with the caller. Belongs to one thread at a time.
class TWOWAY_API ChunkedRequestOpener {
 public:
  using State = ChunkOpener::State;
  using Step = ChunkOpener::Step;

  /// `media_type` is one that framing::choose_media_type gave for chunked messages.
  ChunkedRequestOpener(const RequestReceiver& receiver, std::string_view media_type,
                       const ChunkLimits& limits) noexcept
      : receiver_(receiver), media_type_(media_type), limits_(limits) {}

  /// As ChunkOpener::open and open_in_place. Errors also: those of RequestReceiver::begin, which
  /// stay.
  Result<Step> open(ByteSpan out, ByteView in, End end) noexcept;
  Result<Step> open_in_place(ByteSpan in, End end) noexcept;

  /// As ChunkOpener::output_size.
  std::size_t output_size(std::size_t input_size) const noexcept {
    return chunks_ ? chunks_->output_size(input_size) : 0;
  }

  /// The request that needs its key; null before need_key.
  const PendingRequest* pending() const noexcept { return pending_ ? &*pending_ : nullptr; }

  /// Goes on with the opener that pending()->decapsulate() or complete() gave. Errors: wrong_state
  /// (not in need_key), invalid_argument (the limits).
  Status resume(RequestOpener opener) noexcept;

  /// As RequestOpener::response_sealer.
  Result<ResponseSealer> response_sealer() noexcept;

 private:
  Result<std::optional<Step>> read_prefix(ByteView in, End end) noexcept;

  RequestReceiver receiver_;
  std::string media_type_;
  ChunkLimits limits_;
  Bytes prefix_;
  std::optional<KeyRing::Match> match_;
  std::optional<PendingRequest> pending_;
  std::optional<RequestOpener> opener_;
  std::optional<ChunkOpener> chunks_;
  std::optional<Error> error_;
};

}  // namespace twoway
