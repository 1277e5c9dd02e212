// Encapsulated responses: their keys, the whole message, and the state with which another process
// may continue (RFC 9458 section 4.4).
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <twoway/framing/media_types.hpp>
#include <twoway/framing/open_sequence_factory.hpp>

namespace twoway::framing {

/// The side of the exchange that a response state belongs to.
enum class Role : std::uint8_t { sender = 1, receiver = 2 };

/// The part of a request that both sides keep for its response: the suite, `enc` and the exporter.
/// Immutable, so reading it from several threads is safe. Borrows from the suite's provider. Every
/// `media_type` must come from choose_media_type, because it alone tells a whole response from a
/// chunked one.
class TWOWAY_API ResponseContext {
 public:
  /// Copies `enc`, Nenc bytes, and the exporter's secret.
  ResponseContext(const core::CipherSuite& suite, std::uint8_t key_id, ByteView enc,
                  const core::Exporter& exporter) noexcept;

  /// Return the key id and the suite of the request.
  std::uint8_t key_id() const noexcept { return key_id_; }
  const core::CipherSuite& suite() const noexcept { return suite_; }

  /// Returns the size of response_nonce, max(Nn, Nk).
  std::size_t nonce_size() const noexcept;

  /// The key and the base nonce of one response.
  struct Keys {
    core::AeadKey key;      ///< Nk bytes
    core::AeadNonce nonce;  ///< Nn bytes
  };

  /// Derives the AEAD key and nonce of the response with this `response_nonce`.
  ///
  /// Errors:
  ///   invalid_argument  the length of `response_nonce` or of `enc`
  ///   provider_failure  the library failed
  Result<Keys> derive_keys(ByteView response_nonce, std::string_view media_type) const noexcept;

  /// Make the sequences that seal or open the response with this `response_nonce` of nonce_size()
  /// bytes. One message of the sequence is a whole response, and several are the chunks of a
  /// chunked one.
  Result<core::SealSequence> seal_sequence(ByteView response_nonce,
                                           std::string_view media_type) const noexcept;
  Result<core::OpenSequence> open_sequence(ByteView response_nonce,
                                           std::string_view media_type) const noexcept;

  /// Returns a factory for the response, whose prefix is its response_nonce. Copies this context.
  std::unique_ptr<OpenSequenceFactory> sequence_factory(std::string_view media_type) const noexcept;

  /// Returns nonce_size() + plaintext_size + Nt.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept;

  /// Returns the size of the plaintext in a response of `message_size` bytes, or 0 if it is too
  /// short.
  std::size_t opened_size(std::size_t message_size) const noexcept;

  /// Writes response_nonce || ct, sealed_size(plaintext.size()) bytes, to the front of `out` and
  /// returns their number. `plaintext` starts nonce_size() bytes into `out` or is disjoint from the
  /// bytes written. Draws the nonce from `rng`.
  ///
  /// Errors:
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the buffers overlap in another way
  ///   provider_failure  the library or the generator failed
  Result<std::size_t> seal(ByteSpan out, ByteView plaintext, std::string_view media_type,
                           core::Rng& rng) const noexcept;

  /// Writes the plaintext of a whole response to the front of `out` and returns its size. `out`
  /// starts nonce_size() bytes into `message`, or the bytes written are disjoint from it.
  ///
  /// Errors:
  ///   open_failed       the response is not authentic: the bytes written are wiped
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the buffers overlap in another way
  ///   provider_failure  the library failed
  Result<std::size_t> open(ByteSpan out, ByteView message,
                           std::string_view media_type) const noexcept;

  /// Returns the state, which is secret: anyone who has it can read and forge the response. Empty
  /// if this was moved from.
  core::SecretBytes export_secret_state(Role role) const noexcept;

  /// Restores a context from the bytes of `export_secret_state`.
  ///
  /// Errors:
  ///   malformed      not a state, another version, or the state of the other role
  ///   not_supported  `provider` lacks the suite
  static Result<ResponseContext> restore(const Provider& provider, Role role,
                                         ByteView state) noexcept;

 private:
  core::CipherSuite suite_;
  std::uint8_t key_id_;
  Bytes enc_;
  core::Exporter exporter_;
};

}  // namespace twoway::framing
