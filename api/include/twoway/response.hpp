// The response leg of an exchange (RFC 9458 section 4.4): sealed by the receiver of a request,
// opened by its sender.
//
// Who needs it: applications, on both sides.
#pragma once

#include <twoway/stream.hpp>

namespace twoway {

/// Every call that takes a secret out of the library must name it, so that a search finds every
/// such place.
struct SecretAccess {
  explicit SecretAccess() = default;
};

/// Opens the response to one request. Reading it from several threads is safe. Borrows from the
/// provider, and from nothing else: the sender and its request may be gone.
class TWOWAY_API ResponseOpener {
 public:
  /// Returns the size of the plaintext in a response of `message_size` bytes, or 0 if it is too
  /// short.
  std::size_t opened_size(std::size_t message_size) const noexcept {
    return context_.opened_size(message_size);
  }

  /// Returns the number of bytes before the ciphertext, for opening in place.
  std::size_t prefix_size() const noexcept { return context_.nonce_size(); }

  /// Writes the plaintext of the whole response `message` to the front of `out` and returns its
  /// size. `out` starts prefix_size() bytes into `message`, or the bytes written are disjoint from
  /// it. A failure consumes nothing, so a genuine response can still be opened, but in place it
  /// destroys the message.
  ///
  /// Errors:
  ///   open_failed       another request's response, another media type, or changed bytes: the
  ///                     bytes written are wiped
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the media types are wrong, or the buffers overlap in another way
  ///   provider_failure  the library failed
  Result<std::size_t> open(ByteSpan out, ByteView message,
                           const MediaTypes& types = kResponseMediaTypes) const noexcept;

  /// As above, into bytes of its own.
  Result<Bytes> open(ByteView message,
                     const MediaTypes& types = kResponseMediaTypes) const noexcept;

  /// Makes the opener of a chunked response (Chunked OHTTP section 6.2), from its first byte. Fails
  /// with invalid_argument for wrong media types or limits.
  Result<ChunkOpener> chunk_opener(const MediaTypes& types = kResponseMediaTypes,
                                   const ChunkLimits& limits = {}) const noexcept;

  /// Opens a response of that form that `source` gives from its first byte. Nothing is read before
  /// the stream is read. Fails with invalid_argument for wrong media types, wrong limits or a null
  /// source.
  Result<OpenStream> stream(Form form, std::unique_ptr<Source> source,
                            const MediaTypes& types = kResponseMediaTypes,
                            const StreamOptions& options = {}) const noexcept;

  /// Returns the state, so that another process may open the response. It is versioned, bound to
  /// the suite, and as secret as the response. Empty if this was moved from.
  SecretBytes export_secret_state(SecretAccess) const noexcept {
    return context_.export_secret_state(framing::Role::sender);
  }

  /// Restores an opener from such a state.
  ///
  /// Errors:
  ///   malformed      not a state of a sender
  ///   not_supported  the provider lacks the suite
  static Result<ResponseOpener> restore(const Provider& provider, ByteView state) noexcept;

 private:
  friend class RequestSealer;
  friend class MultiRequestSealer;
  explicit ResponseOpener(framing::ResponseContext context) noexcept
      : context_(std::move(context)) {}

  framing::ResponseContext context_;
};

/// A chunked response that has begun: `prefix` goes first, then the chunks of `chunk_sealer`.
struct ChunkedResponse {
  Bytes prefix;              ///< goes first
  ChunkSealer chunk_sealer;  ///< seals the chunks after it
};

/// Seals the one response to a request. Belongs to one thread at a time, of one process. In a
/// forked child every sealing function fails with wrong_state, because a request has one response.
/// Hand a response to another process by its saved state. A use by two threads at once is refused
/// as far as core::SoleUse sees it. Borrows from the provider, and from nothing else: the receiver
/// and its keys may be gone.
class TWOWAY_API ResponseSealer {
 public:
  /// Returns the size of a whole response of `plaintext_size` bytes.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return context_.sealed_size(plaintext_size);
  }

  /// Returns the number of bytes before the ciphertext, for sealing in place.
  std::size_t prefix_size() const noexcept { return context_.nonce_size(); }

  /// Writes the whole response, sealed_size(plaintext.size()) bytes, to the front of `out` and
  /// returns their number. `plaintext` starts prefix_size() bytes into `out` or is disjoint from
  /// the bytes written. Seals once, because a request has one response.
  ///
  /// Errors:
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the media types are wrong, or the buffers overlap in another way
  ///   wrong_state       the response was sealed before, a forked child, or a use by two threads at
  ///                     once
  ///   provider_failure  the library or the generator failed
  Result<std::size_t> seal(ByteSpan out, ByteView plaintext,
                           const MediaTypes& types = kResponseMediaTypes) noexcept;

  /// As above, into bytes of its own.
  Result<Bytes> seal(ByteView plaintext, const MediaTypes& types = kResponseMediaTypes) noexcept;

  /// Makes the sealer of a chunked response (Chunked OHTTP section 6.2), in place of a whole one.
  /// Succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the response was sealed before, or a forked child
  ///   invalid_argument  the media types or limits are wrong
  ///   provider_failure  the library or the generator failed
  Result<ChunkedResponse> chunk_sealer(const MediaTypes& types = kResponseMediaTypes,
                                       const ChunkLimits& limits = {}) noexcept;

  /// Makes the response as a stream of that form, which seals the bytes of `source`, in place of
  /// `seal` and `chunk_sealer`.
  ///
  /// Errors:
  ///   wrong_state       the response was sealed before, or a forked child
  ///   invalid_argument  the media types or limits are wrong, or `source` is null
  ///   provider_failure  the library or the generator failed
  Result<SealStream> stream(Form form, std::unique_ptr<Source> source,
                            const MediaTypes& types = kResponseMediaTypes,
                            const StreamOptions& options = {}) noexcept;

  /// Returns the state, so that another process may seal the response instead of this one. It is
  /// versioned, bound to the suite, and as secret as the response. Fails with wrong_state once a
  /// response is sealed.
  Result<SecretBytes> export_secret_state(SecretAccess) const noexcept;

  /// Restores a sealer from such a state, with the provider's generator. Restore a state once,
  /// because two sealers would seal two responses.
  ///
  /// Errors:
  ///   malformed      not a state of a receiver
  ///   not_supported  the provider lacks the suite
  static Result<ResponseSealer> restore(const Provider& provider, ByteView state) noexcept;

 private:
  friend class RequestOpener;

  /// `rng` gives response nonces and must outlive the sealer.
  ResponseSealer(framing::ResponseContext context, Rng& rng) noexcept
      : context_(std::move(context)), rng_(&rng) {}

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
