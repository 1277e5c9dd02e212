// The beginning of an encapsulated request, whole or chunked (RFC 9458 section 4.3).
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <twoway/framing/media_types.hpp>

namespace twoway::framing {

/// hdr || enc, with what follows from it.
struct BegunRequest {
  core::Bytes prefix;           ///< kHeaderSize + Nenc bytes
  core::SenderContext context;  ///< its first message follows the prefix
  /// Returns the encapsulation in the prefix.
  core::ByteView enc() const noexcept {
    return prefix.empty() ? core::ByteView() : core::ByteView(prefix).subspan(kHeaderSize);
  }
};

/// Begins a request to the holder of `receiver`, whose key id is `key_id`, under a media type that
/// choose_media_type gave. The ephemeral key is drawn from `rng` if it is not null. Errors:
/// invalid_argument (a media type over kMaxMediaType), those of SenderContext::setup.
TWOWAY_API core::Result<BegunRequest> begin_request(const core::CipherSuite& suite,
                                                    std::uint8_t key_id,
                                                    const core::PublicKey& receiver,
                                                    std::string_view media_type,
                                                    core::Rng* rng) noexcept;

/// The receiver's context for a request whose shared secret is known, under a media type that
/// choose_media_type gave. Errors: those of RecipientContext::from_shared_secret.
TWOWAY_API core::Result<core::RecipientContext> accept_request(
    const core::CipherSuite& suite, std::uint8_t key_id, const core::SharedSecret& shared_secret,
    std::string_view media_type) noexcept;

}  // namespace twoway::framing
