// One request to many receivers: a body, sealed once under a key of its own, and a message with
// that key for each receiver. A format of this library and of the Go package twoway; no RFC.
//
//   body        = nonce (Nn) || ct, or the chunks of framing/chunks.hpp in place of ct
//   key message = hdr || enc || sctxt.Seal("multi-encap-key", key)
//
// hdr, enc and sctxt are those of a request (framing/request.hpp). The key is random and has 32
// bytes whatever the suite, so that the bodies of AES-128-GCM suites are sealed with AES-256-GCM.
// The body is sealed as a response is: the nonce XOR a counter, an empty AAD, and "final" as the
// AAD of a last chunk.
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <twoway/framing/open_sequence_factory.hpp>
#include <twoway/framing/request.hpp>

namespace twoway::framing {

/// The size of a body's key in bytes, whatever the AEAD.
inline constexpr std::size_t kBodyKeySize = 32;

/// What seals the bodies of requests to receivers whose suites have `suite_aead`. Errors:
/// not_supported (`suite_aead` seals nothing, or `provider` lacks the body's AEAD).
TWOWAY_API core::Result<const core::Aead*> find_body_aead(const core::Provider& provider,
                                                          core::AeadId suite_aead) noexcept;

/// The key of one body, with its AEAD, which it borrows. Wiped when it ends. Reading it from
/// several threads is safe.
class TWOWAY_API BodyKey {
 public:
  /// A new key: kBodyKeySize bytes of `rng`. `aead` is what find_body_aead gave. Errors:
  /// provider_failure.
  static core::Result<BodyKey> draw(const core::Aead& aead, core::Rng& rng) noexcept;

  /// The key from a key message: `ciphertext` is what follows its prefix, and `sequence` is that of
  /// the receiver's context. Errors: open_failed, provider_failure, those of the sequence's gate.
  static core::Result<BodyKey> decapsulate(const core::Aead& aead, core::OpenSequence& sequence,
                                           core::ByteView ciphertext) noexcept;

  /// The key message for the receiver that `begun` was made for; its context has then sealed one
  /// message. Errors: provider_failure.
  core::Result<core::Bytes> encapsulate(BegunRequest& begun) const noexcept;

  /// Whether it was moved from. All that uses the key is then wrong_state.
  bool moved_from() const noexcept { return key_.empty(); }

  /// Bytes of the body before its ciphertext.
  std::size_t nonce_size() const noexcept { return aead_->params().nn; }

  /// The size of a whole body for `plaintext_size` bytes.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return nonce_size() + plaintext_size + aead_->params().nt;
  }

  /// Bytes of plaintext in a whole body of `body_size` bytes; 0 where it is too short.
  std::size_t opened_size(std::size_t body_size) const noexcept {
    const std::size_t overhead = nonce_size() + aead_->params().nt;
    return body_size < overhead ? 0 : body_size - overhead;
  }

  /// What seals or opens the body that `nonce`, nonce_size() bytes, begins. Seal one body only.
  core::Result<core::SealSequence> seal_sequence(core::ByteView nonce) const noexcept;
  core::Result<core::OpenSequence> open_sequence(core::ByteView nonce) const noexcept;

  /// Opens the body that starts with its nonce, once `gate` has admitted it where that is not null.
  static std::unique_ptr<OpenSequenceFactory> sequence_factory(
      BodyKey key, std::unique_ptr<core::Gate> gate) noexcept;

 private:
  explicit BodyKey(const core::Aead& aead) noexcept : aead_(&aead) {}

  const core::Aead* aead_;
  core::AeadKey key_;
};

}  // namespace twoway::framing
