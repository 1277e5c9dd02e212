// The sender of requests (RFC 9458 section 4.3).
//
// Who needs it: applications, as senders.
#pragma once

#include <memory>
#include <span>

#include <twoway/message_sealer.hpp>
#include <twoway/response.hpp>

namespace twoway {

/// One request that has begun. Gives the opener of its response.
class TWOWAY_API RequestSealer : public MessageSealer {
 public:
  /// Makes an opener of the response to this request. The response may arrive before the request
  /// has ended.
  ResponseOpener response_opener() const noexcept;

 private:
  friend class RequestSender;
  RequestSealer(Form form, const framing::KeyChoice& receiver, framing::BegunRequest begun,
                core::SealSequence sequence) noexcept
      : MessageSealer(form, std::move(begun.prefix), std::move(sequence)),
        suite_(receiver.suite),
        key_id_(receiver.key_id),
        context_(std::move(begun.context)) {}

  core::CipherSuite suite_;
  std::uint8_t key_id_;
  core::SenderContext context_;  // gave its sequence away
};

/// A whole request and the opener of its response.
struct SealedRequest {
  Bytes message;                   ///< to send
  ResponseOpener response_opener;  ///< to keep
};

/// Options of a sender.
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
