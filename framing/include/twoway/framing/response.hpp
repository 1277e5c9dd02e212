// Encapsulated responses: their keys, the whole message, and the state that another process may
// continue from (RFC 9458 section 4.4).
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <twoway/framing/media_types.hpp>
#include <twoway/framing/open_sequence_factory.hpp>

namespace twoway::framing {

/// Which side of the exchange a response state belongs to.
enum class Role : std::uint8_t { sender = 1, receiver = 2 };

/// What both sides keep of a request for its response: the suite, `enc` and the exporter.
/// Immutable, so reading it from several threads is safe. Borrows from the suite's provider.
/// A `media_type` is one that choose_media_type gave: it alone tells a whole response from a
/// chunked one.
class TWOWAY_API ResponseContext {
 public:
  /// Copies `enc`, Nenc bytes, and the exporter's secret.
  ResponseContext(const core::CipherSuite& suite, std::uint8_t key_id, core::ByteView enc,
                  const core::Exporter& exporter) noexcept;

  /// Return the key id and the suite of the request.
  std::uint8_t key_id() const noexcept { return key_id_; }
  const core::CipherSuite& suite() const noexcept { return suite_; }

  /// Bytes of response_nonce: max(Nn, Nk).
  std::size_t nonce_size() const noexcept;

  /// The key and the base nonce of one response.
  struct Keys {
    core::AeadKey key;      ///< Nk bytes
    core::AeadNonce nonce;  ///< Nn bytes
  };

  /// The AEAD key and nonce of the response that `response_nonce` begins. Errors: invalid_argument
  /// (the length of `response_nonce` or of `enc`), provider_failure.
  core::Result<Keys> derive_keys(core::ByteView response_nonce,
                                 std::string_view media_type) const noexcept;

  /// What seals or opens the response that `response_nonce`, nonce_size() bytes, begins: one
  /// message of the sequence is a whole response, several are the chunks of a chunked one.
  core::Result<core::SealSequence> seal_sequence(core::ByteView response_nonce,
                                                 std::string_view media_type) const noexcept;
  core::Result<core::OpenSequence> open_sequence(core::ByteView response_nonce,
                                                 std::string_view media_type) const noexcept;

  /// Opens the response that starts with its response_nonce. Copies this context.
  std::unique_ptr<OpenSequenceFactory> sequence_factory(std::string_view media_type) const noexcept;

  /// nonce_size() + plaintext_size + Nt.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept;

  /// Bytes of plaintext in a response of `message_size` bytes; 0 where it is too short.
  std::size_t opened_size(std::size_t message_size) const noexcept;

  /// Writes response_nonce || ct, sealed_size(plaintext.size()) bytes, to the front of `out` and
  /// answers how many. `plaintext` starts nonce_size() bytes into `out` or is disjoint from what is
  /// written. The nonce is drawn from `rng`. Errors: buffer_too_small, invalid_argument (the
  /// buffers overlap otherwise), provider_failure.
  core::Result<std::size_t> seal(core::ByteSpan out, core::ByteView plaintext,
                                 std::string_view media_type, core::Rng& rng) const noexcept;

  /// Writes the plaintext of a whole response to the front of `out` and answers its length. `out`
  /// starts nonce_size() bytes into `message` or what is written is disjoint from it. open_failed
  /// wipes what was written. Errors: open_failed, buffer_too_small, invalid_argument (the buffers
  /// overlap otherwise), provider_failure.
  core::Result<std::size_t> open(core::ByteSpan out, core::ByteView message,
                                 std::string_view media_type) const noexcept;

  /// The state, secret: whoever has it can read and forge the response. Empty if this was moved
  /// from.
  core::SecretBytes export_secret_state(Role role) const noexcept;

  /// A context from what `export_secret_state` wrote. malformed: no such state, another version, or
  /// the other role's; not_supported where `provider` lacks its suite.
  static core::Result<ResponseContext> restore(const core::Provider& provider, Role role,
                                               core::ByteView state) noexcept;

 private:
  core::CipherSuite suite_;
  std::uint8_t key_id_;
  core::Bytes enc_;
  core::Exporter exporter_;
};

}  // namespace twoway::framing
