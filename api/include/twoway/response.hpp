// The response leg of an exchange (RFC 9458 section 4.4): sealed by the receiver of a request,
// opened by its sender.
//
// Who needs it: applications, on both sides.
#pragma once

#include <twoway/stream.hpp>

namespace twoway {

/// Must be named by whoever takes a secret out of the library, so that a search for it finds
/// every place.
struct SecretAccess {
  explicit SecretAccess() = default;
};

/// Opens the response to one request. Reading it from several threads is safe. Borrows from the
/// provider, and from nothing else: the sender and its request may be gone.
class TWOWAY_API ResponseOpener {
 public:
  /// For the objects that begin requests.
  explicit ResponseOpener(framing::ResponseContext context) noexcept
      : context_(std::move(context)) {}

  /// Bytes of plaintext in a response of `message_size` bytes; 0 where it is too short.
  std::size_t opened_size(std::size_t message_size) const noexcept {
    return context_.opened_size(message_size);
  }

  /// Bytes before the ciphertext, for opening in place.
  std::size_t prefix_size() const noexcept { return context_.nonce_size(); }

  /// Writes the plaintext of the whole response `message` to the front of `out` and answers its
  /// length. `out` starts prefix_size() bytes into `message`, or what is written is disjoint from
  /// it; else invalid_argument, and nothing is used up. open_failed
  /// (another request's response, another media type, or changed bytes) wipes what was written;
  /// in place that destroys the message. A failure uses nothing up: a true response can still be
  /// opened. Errors: open_failed, buffer_too_small, invalid_argument (the media types),
  /// provider_failure.
  Result<std::size_t> open(ByteSpan out, ByteView message,
                           const MediaTypes& types = kResponseMediaTypes) const noexcept;

  /// As above, into bytes of its own.
  Result<Bytes> open(ByteView message,
                     const MediaTypes& types = kResponseMediaTypes) const noexcept;

  /// What opens a chunked response (Chunked OHTTP section 6.2) from its first byte. Errors:
  /// invalid_argument (the media types, the limits).
  Result<ChunkOpener> chunk_opener(const MediaTypes& types = kResponseMediaTypes,
                                   const ChunkLimits& limits = {}) const noexcept;

  /// The plaintext of a response of that form that `source` gives from its first byte. Nothing is
  /// read before the stream is. Errors: invalid_argument (the media types, the limits, a null
  /// source).
  Result<OpenStream> stream(Form form, std::unique_ptr<Source> source,
                            const MediaTypes& types = kResponseMediaTypes,
                            const StreamOptions& options = {}) const noexcept;

  /// The state, so that another process may open the response: versioned, bound to the suite, and
  /// as secret as the response. Empty if this was moved from.
  SecretBytes export_secret_state(SecretAccess) const noexcept {
    return context_.export_secret_state(framing::Role::sender);
  }

  /// An opener from such a state. Errors: malformed, not_supported (the provider lacks its suite).
  static Result<ResponseOpener> restore(const Provider& provider, ByteView state) noexcept;

 private:
  framing::ResponseContext context_;
};

/// A chunked response on its way: `prefix` goes first, then what `chunk_sealer` seals.
struct ChunkedResponse {
  Bytes prefix;        ///< goes first
  ChunkSealer chunk_sealer;  ///< seals what follows
};

/// Seals the one response to a request. Belongs to one thread at a time, of one process: in a
/// forked child all that seals answers wrong_state, because a request has one response. A saved
/// state gives it to another process. Use by two threads at once is refused as far as core::SoleUse
/// sees it. Borrows from the provider, and from nothing else: the receiver and its keys may be
/// gone.
class TWOWAY_API ResponseSealer {
 public:
  /// `rng` gives response nonces and must outlive the sealer.
  ResponseSealer(framing::ResponseContext context, Rng& rng) noexcept
      : context_(std::move(context)), rng_(&rng) {}

  /// The size of a whole response to `plaintext_size` bytes.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return context_.sealed_size(plaintext_size);
  }

  /// Bytes before the ciphertext, for sealing in place.
  std::size_t prefix_size() const noexcept { return context_.nonce_size(); }

  /// Writes the whole response, sealed_size(plaintext.size()) bytes, to the front of `out` and
  /// answers how many. `plaintext` starts prefix_size() bytes into `out` or is disjoint from what
  /// is written. A request has one response: after a success, wrong_state. Errors:
  /// buffer_too_small, invalid_argument (the media types, or the buffers overlap otherwise),
  /// wrong_state, provider_failure.
  Result<std::size_t> seal(ByteSpan out, ByteView plaintext,
                           const MediaTypes& types = kResponseMediaTypes) noexcept;

  /// As above, into bytes of its own.
  Result<Bytes> seal(ByteView plaintext, const MediaTypes& types = kResponseMediaTypes) noexcept;

  /// What seals a chunked response (Chunked OHTTP section 6.2) in place of a whole one: after a
  /// success, wrong_state for all. Errors: wrong_state, invalid_argument (the media types, the
  /// limits), provider_failure.
  Result<ChunkedResponse> chunk_sealer(const MediaTypes& types = kResponseMediaTypes,
                                       const ChunkLimits& limits = {}) noexcept;

  /// The response as a stream of that form that seals what it reads from `source`, in place of
  /// `seal` and `chunk_sealer`. Errors: wrong_state, invalid_argument (the media types, the limits,
  /// a null source), provider_failure.
  Result<SealStream> stream(Form form, std::unique_ptr<Source> source,
                            const MediaTypes& types = kResponseMediaTypes,
                            const StreamOptions& options = {}) noexcept;

  /// The state, so that another process may seal the response in this one's stead: versioned,
  /// bound to the suite, and as secret as the response. wrong_state once a response is sealed.
  Result<SecretBytes> export_secret_state(SecretAccess) const noexcept;

  /// A sealer from such a state, with the provider's generator. Whoever restores a state twice
  /// can answer twice. Errors: malformed, not_supported (the provider lacks its suite).
  static Result<ResponseSealer> restore(const Provider& provider, ByteView state) noexcept;

 private:
  struct Begun {
    Bytes prefix;
    core::SealSequence sequence;
  };
  Result<Begun> begin(Form form, const MediaTypes& types) noexcept;

  framing::ResponseContext context_;
  Rng* rng_;
  bool sealed_ = false;
  core::SoleUse use_;
};

}  // namespace twoway
