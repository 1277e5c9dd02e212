// One request to many receivers: a body, sealed once under a key of its own, and a message with
// that key for each receiver. A format of this library and of the Go package twoway. No RFC
// describes it.
//
//   body        = nonce (Nn) || ct, or the chunks of framing/chunks.hpp in place of ct
//   key message = hdr || enc || sctxt.Seal("multi-encap-key", key)
//
// hdr, enc and sctxt are those of a request (framing/request.hpp). The key is random and has 32
// bytes in every suite, so the bodies of AES-128-GCM suites are sealed with AES-256-GCM. The body
// is sealed as a response is: the nonce XOR a counter, an empty AAD, and "final" as the AAD of a
// last chunk.
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <twoway/framing/open_sequence_factory.hpp>
#include <twoway/framing/request.hpp>

namespace twoway::framing {

/// The size of a body's key in bytes, whatever the AEAD.
inline constexpr std::size_t kBodyKeySize = 32;

/// Finds the AEAD for the bodies of requests to receivers whose suites have `suite_aead`. Fails
/// with not_supported if `suite_aead` is export-only or `provider` lacks the body's AEAD.
TWOWAY_API Result<const core::Aead*> find_body_aead(const Provider& provider,
                                                    AeadId suite_aead) noexcept;

/// Returns the number of bytes of a whole body around its plaintext: the nonce and the tag.
inline std::size_t body_overhead(const core::Aead& aead) noexcept {
  return aead.params().nn + aead.params().nt;
}

/// The key of one body, with its AEAD, which it borrows. Wiped when it ends. Reading it from
/// several threads is safe.
class TWOWAY_API BodyKey {
 public:
  /// Draws a new key, kBodyKeySize bytes, from `rng`. `aead` comes from find_body_aead. Fails with
  /// provider_failure.
  static Result<BodyKey> draw(const core::Aead& aead, core::Rng& rng) noexcept;

  /// Opens the key in a key message. `ciphertext` follows the message's prefix, and `sequence` is
  /// that of the receiver's context.
  ///
  /// Errors:
  ///   open_failed       the key message is not authentic
  ///   provider_failure  the library failed
  ///   and those of the sequence's gate
  static Result<BodyKey> decapsulate(const core::Aead& aead, core::OpenSequence& sequence,
                                     ByteView ciphertext) noexcept;

  /// Makes the key message for the receiver of `begun`, whose context has then sealed one message.
  /// Fails with provider_failure.
  Result<Bytes> encapsulate(BegunRequest& begun) const noexcept;

  /// Returns true if the object was moved from. Its functions then fail with wrong_state.
  bool moved_from() const noexcept { return key_.empty(); }

  /// Returns the number of bytes of the body before its ciphertext.
  std::size_t nonce_size() const noexcept { return aead_->params().nn; }

  /// Returns the size of a whole body for `plaintext_size` bytes.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return plaintext_size + body_overhead(*aead_);
  }

  /// Returns the size of the plaintext in a whole body of `body_size` bytes, or 0 if it is too
  /// short.
  std::size_t opened_size(std::size_t body_size) const noexcept {
    return without(body_overhead(*aead_), body_size);
  }

  /// Make the sequences that seal or open the body with this nonce of nonce_size() bytes. Seal one
  /// body only.
  Result<core::SealSequence> seal_sequence(ByteView nonce) const noexcept;
  Result<core::OpenSequence> open_sequence(ByteView nonce) const noexcept;

  /// Returns a factory for the body, whose prefix is its nonce. If `gate` is not null, it must
  /// admit the body.
  static std::unique_ptr<OpenSequenceFactory> sequence_factory(
      BodyKey key, std::unique_ptr<core::Gate> gate) noexcept;

 private:
  explicit BodyKey(const core::Aead& aead) noexcept : aead_(&aead) {}

  const core::Aead* aead_;
  core::AeadKey key_;
};

}  // namespace twoway::framing
