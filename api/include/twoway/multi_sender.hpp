// The sender of one request to many receivers. The format is that of the Go package twoway, and no
// RFC describes it (framing/multi.hpp).
//
// Who needs it: applications, as senders of one-to-many requests.
#pragma once

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
/// body's key in a message of its own. `encapsulate_key` may be called in any thread and process.
/// Holds the body's key until it ends. Borrows from its provider.
///
/// Limits of this format:
/// - Every receiver holds the body's key. So any of them can forge a body that the others open with
///   the sender's own key messages. Their responses go to the sender.
/// - Nothing binds a body's nonce, which goes in clear and numbers the chunks. Anyone on the way
/// can
///   change it and so leave out or reorder chunks, the first ones too. A whole body does not open
///   then. Let the plaintext of a chunked body show that it is complete, by a digest for example.
/// - A body opens with the key message of any of its receivers. The format does not hide their
///   number. Each key message starts with a key id and suite, which may show who they are.
/// - A sender may give out different keys and a body that opens with each to another plaintext,
///   because the AEADs do not bind a ciphertext to one key.
/// - Each response is between its receiver and the sender: no other receiver can read or forge it.
class TWOWAY_API MultiRequestSealer : public MessageSealer {
 public:
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
  friend class MultiRequestSender;

  /// `options` as in MultiRequestSender.
  MultiRequestSealer(Form form, std::string_view media_type, framing::BodyKey key, Bytes nonce,
                     core::SealSequence sequence, AeadId aead,
                     const SenderOptions& options) noexcept
      : MessageSealer(form, std::move(nonce), std::move(sequence)),
        media_type_(media_type),
        key_(std::move(key)),
        aead_(aead),
        options_(options) {}

  std::string media_type_;
  framing::BodyKey key_;
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
