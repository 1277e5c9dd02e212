// The sender of one request to many receivers. The format is that of the Go package twoway, and no
// RFC describes it (framing/multi.hpp).
//
// Who needs it: applications, as senders of one-to-many requests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <twoway/framing/multi.hpp>
#include <twoway/request_sender.hpp>

namespace twoway {

/// The key message for one receiver, and the opener of that receiver's response.
struct EncapsulatedKey {
  Bytes message;                   ///< the key message
  ResponseOpener response_opener;  ///< of this receiver's response
};

/// One request on its way to many receivers: seals its body once, and gives each receiver the
/// body's key in a message of its own. Belongs to one thread at a time, of the process that began
/// it, as a RequestSealer does. `encapsulate_key` may be called anywhere. Holds the body's key
/// until it ends. Borrows from its provider.
///
/// Limits of this format:
/// - Every receiver holds the body's key. So any of them can forge a body that the others open with
///   the sender's own key messages. Their responses go to the sender.
/// - A body opens with the key message of any of its receivers. The format does not hide their
///   number. Each key message starts with a key id and suite, which may show who they are.
/// - A sender may give out different keys and a body that opens with each to another plaintext,
///   because the AEADs do not bind a ciphertext to one key.
/// - Each response is between its receiver and the sender: no other receiver can read or forge it.
class TWOWAY_API MultiRequestSealer {
 public:
  /// `sequence` seals the body that `prefix` begins under `key`. `options` as in
  /// MultiRequestSender.
  MultiRequestSealer(Form form, std::string_view media_type, framing::BodyKey key, Bytes prefix,
                     core::SealSequence sequence, AeadId aead,
                     const SenderOptions& options) noexcept
      : form_(form),
        media_type_(media_type),
        key_(std::move(key)),
        prefix_(std::move(prefix)),
        sequence_(std::move(sequence)),
        aead_(aead),
        options_(options) {}

  /// Returns the form in which the request was begun. The functions for the other form fail with
  /// wrong_state and consume nothing.
  Form form() const noexcept { return form_; }

  /// Returns the nonce, with which the body starts, and its size.
  ByteView prefix() const noexcept { return prefix_; }
  std::size_t prefix_size() const noexcept { return prefix_.size(); }

  /// Returns the size of a whole body for `plaintext_size` bytes.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return key_.sealed_size(plaintext_size);
  }

  /// Writes the whole body, sealed_size(plaintext.size()) bytes, to the front of `out` and returns
  /// their number. `plaintext` starts prefix_size() bytes into `out` or is disjoint from the bytes
  /// written. Seals once.
  ///
  /// Errors:
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the buffers overlap in another way
  ///   wrong_state       the body was sealed before, the request is chunked, a forked child, or a
  ///                     use by two threads at once
  ///   provider_failure  the library failed
  Result<std::size_t> seal(ByteSpan out, ByteView plaintext) noexcept;

  /// Seals the whole body, and returns it.
  Result<Bytes> seal(ByteView plaintext) noexcept;

  /// Makes the sealer of the body's chunks, which follow `prefix`. Succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the body was sealed before, the request is whole, or a forked child
  ///   invalid_argument  the limits are wrong (nothing is consumed)
  Result<ChunkSealer> chunk_sealer(const ChunkLimits& limits = {}) noexcept;

  /// Makes the body as a stream, which seals the bytes of `source`, in place of `seal` or
  /// `chunk_sealer`. One of them succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the body was sealed before, or a forked child
  ///   invalid_argument  the limits are wrong or `source` is null (the request is then used up)
  Result<SealStream> stream(std::unique_ptr<Source> source,
                            const StreamOptions& options = {}) noexcept;

  /// Makes the key message for the receiver that `to` sends to, at any time before, during or after
  /// the sealing. Only the AEADs must be the same. KEM, KDF and provider may differ between
  /// receivers. The receiver's ephemeral key is drawn from this sender's Rng if it has one, else as
  /// `to` draws its own. Several threads may call this at once, and while another seals.
  ///
  /// Errors:
  ///   invalid_argument  the receiver's suite has another AEAD
  ///   provider_failure  the library or the generator failed
  Result<EncapsulatedKey> encapsulate_key(const RequestSender& to) const noexcept;

 private:
  Result<core::SealSequence> take_sequence() noexcept;

  Form form_;
  std::string media_type_;
  framing::BodyKey key_;
  Bytes prefix_;
  std::optional<core::SealSequence> sequence_;  // until it is used
  AeadId aead_;
  SenderOptions options_;
};

/// Begins requests to many receivers whose suites have one AEAD. Immutable, cheap to copy, and safe
/// to share between threads. Borrows from its provider.
///
///   auto request = sender->begin(Form::whole);
///   for (const RequestSender& to : receivers) send(to, request->encapsulate_key(to));
///   publish(request->seal(plaintext));
class TWOWAY_API MultiRequestSender {
 public:
  /// Makes a sender. `aead` is that of the receivers' suites. The body of AES-128-GCM suites is
  /// sealed with AES-256-GCM, which the provider must then offer. If the options have an Rng, it
  /// gives the body's key (32 bytes), then its nonce (Nn), at `begin`, and then the randomness of
  /// each receiver's key. Fails with not_supported.
  static Result<MultiRequestSender> create(const Provider& provider, AeadId aead,
                                           const SenderOptions& options = {}) noexcept;

  /// Returns the AEAD of the receivers' suites.
  AeadId aead() const noexcept { return aead_; }

  /// Begins a request whose body is whole or chunked, under that form's media type.
  ///
  /// Errors:
  ///   invalid_argument  the media types, as for framing::choose_media_type
  ///   provider_failure  the generator failed
  Result<MultiRequestSealer> begin(Form form,
                                   const MediaTypes& types = kRequestMediaTypes) const noexcept;

 private:
  MultiRequestSender(const Provider& provider, AeadId aead, const core::Aead& body_aead,
                     const SenderOptions& options) noexcept
      : provider_(&provider), aead_(aead), body_aead_(&body_aead), options_(options) {}

  const Provider* provider_;
  AeadId aead_;
  const core::Aead* body_aead_;
  SenderOptions options_;
};

}  // namespace twoway
