// The sender of requests (RFC 9458 section 4.3).
//
// Who needs it: applications, as senders.
#pragma once

#include <memory>
#include <span>

#include <twoway/response.hpp>
#include <twoway/stream.hpp>

namespace twoway {

/// One request that has begun: seals it, and gives the opener of its response. Belongs to one
/// thread at a time, of the process that began it. In a forked child every sealing function fails
/// with wrong_state, because the parent would use the same key and nonce. A use by two threads at
/// once is refused as far as core::SoleUse sees it.
class TWOWAY_API RequestSealer {
 public:
  /// For RequestSender, which begins requests.
  RequestSealer(Form form, const core::CipherSuite& suite, std::uint8_t key_id,
                framing::BegunRequest begun) noexcept
      : form_(form), suite_(suite), key_id_(key_id), begun_(std::move(begun)) {}

  /// Returns the form in which the request was begun. The functions for the other form fail with
  /// wrong_state and consume nothing.
  Form form() const noexcept { return form_; }

  /// Returns the prefix hdr || enc, with which the message starts.
  ByteView prefix() const noexcept { return begun_.prefix; }
  std::size_t prefix_size() const noexcept { return begun_.prefix.size(); }

  /// Returns the size of the whole request for `plaintext_size` bytes.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return begun_.prefix.size() + begun_.context.sealed_size(plaintext_size);
  }

  /// Writes the whole request, sealed_size(plaintext.size()) bytes, to the front of `out` and
  /// returns their number. `plaintext` starts prefix_size() bytes into `out` or is disjoint from
  /// the bytes written. Seals once.
  ///
  /// Errors:
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the buffers overlap in another way
  ///   wrong_state       the request was sealed before, is chunked, a forked child, or a use by two
  ///                     threads at once
  ///   provider_failure  the library failed
  Result<std::size_t> seal(ByteSpan out, ByteView plaintext) noexcept;

  /// Makes the sealer of the request's chunks (Chunked OHTTP section 6.1), which follow `prefix`.
  /// Succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the request was sealed before, is whole, or a forked child
  ///   invalid_argument  the limits are wrong (nothing is consumed)
  Result<ChunkSealer> chunk_sealer(const ChunkLimits& limits = {}) noexcept;

  /// Makes the request as a stream, which seals the bytes of `source`, in place of `seal` or
  /// `chunk_sealer`. One of them succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the request was sealed before, or a forked child
  ///   invalid_argument  the limits are wrong or `source` is null (the request is then used up)
  Result<SealStream> stream(std::unique_ptr<Source> source,
                            const StreamOptions& options = {}) noexcept;

  /// Makes an opener of the response to this request. The response may arrive before the request
  /// has ended.
  ResponseOpener response_opener() const noexcept;

 private:
  Form form_;
  core::CipherSuite suite_;
  std::uint8_t key_id_;
  framing::BegunRequest begun_;
  bool sealed_ = false;
};

/// A whole request and the opener of its response.
struct SealedRequest {
  Bytes message;                   ///< to send
  ResponseOpener response_opener;  ///< to keep
};

/// The choices of a sender.
struct SenderOptions {
  /// Draws the ephemeral keys if it is set. Must outlive the sender, and be thread-safe if the
  /// sender is shared.
  Rng* rng = nullptr;
};

/// Seals requests to one receiver. Immutable, cheap to copy, and safe to share between threads. A
/// move copies, so that no object is left empty.
/// Borrows from its provider.
class TWOWAY_API RequestSender {
 public:
  RequestSender(const RequestSender&) noexcept = default;
  RequestSender& operator=(const RequestSender&) noexcept = default;

  /// Makes a sender to the first usable key of a list of media type application/ohttp-keys, as
  /// framing::choose_key does.
  ///
  /// Errors:
  ///   malformed      not a list
  ///   not_supported  no key is usable
  ///   invalid_key    the chosen key is not valid
  static Result<RequestSender> create(const Provider& provider, ByteView key_configs,
                                      const SenderOptions& options = {}) noexcept;

  /// Makes a sender from parsed configurations.
  static Result<RequestSender> create(const Provider& provider, std::span<const KeyConfig> configs,
                                      const SenderOptions& options = {}) noexcept;

  /// Makes a sender to one known key in one suite. Fails with not_supported or invalid_key.
  static Result<RequestSender> create(const Provider& provider, std::uint8_t key_id, Suite suite,
                                      ByteView public_key,
                                      const SenderOptions& options = {}) noexcept;

  /// Return the key id and the suite of requests.
  std::uint8_t key_id() const noexcept { return choice_.key_id; }
  Suite suite() const noexcept { return choice_.suite.id(); }

  /// Returns the size of a whole request for `plaintext_size` bytes.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return framing::kHeaderSize + choice_.suite.nenc() + plaintext_size + choice_.suite.nt();
  }

  /// Begins a request, whole or chunked, under that form's media type.
  ///
  /// Errors:
  ///   invalid_argument  the media types, as for framing::choose_media_type
  ///   provider_failure  the library or the generator failed
  Result<RequestSealer> begin(Form form,
                              const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// Seals a whole request in one call: writes sealed_size(plaintext.size()) bytes to the front of
  /// `out`, and gives the opener of the response. `plaintext` is disjoint from the bytes written,
  /// or starts at the place of its ciphertext. Fails with the errors of `begin`, and
  /// buffer_too_small.
  Result<ResponseOpener> seal(ByteSpan out, ByteView plaintext,
                              const MediaTypes& types = kRequestMediaTypes) const noexcept;

  /// Seals a whole request, and returns it.
  Result<SealedRequest> seal(ByteView plaintext,
                             const MediaTypes& types = kRequestMediaTypes) const noexcept;

 private:
  friend class MultiRequestSealer;  // seals the body's key in place of a plaintext
  RequestSender(framing::KeyChoice choice, const SenderOptions& options) noexcept
      : choice_(std::move(choice)), options_(options) {}

  framing::KeyChoice choice_;
  SenderOptions options_;
};

}  // namespace twoway
