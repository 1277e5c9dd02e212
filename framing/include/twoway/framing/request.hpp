// The prefix of an encapsulated request, whole or chunked (RFC 9458 section 4.3).
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <twoway/framing/media_types.hpp>

namespace twoway::framing {

/// The prefix hdr || enc, and the context that it begins.
struct BegunRequest {
  Bytes prefix;                 ///< kHeaderSize + Nenc bytes
  core::SenderContext context;  ///< its first message follows the prefix
  /// Returns the encapsulation in the prefix.
  ByteView enc() const noexcept {
    return prefix.empty() ? ByteView() : ByteView(prefix).subspan(kHeaderSize);
  }
};

/// Begins a request to the holder of `receiver`, whose key id is `key_id`, under a media type from
/// choose_media_type. If `rng` is not null, the ephemeral key is drawn from it.
///
/// Errors:
///   invalid_argument  the media type has over kMaxMediaType bytes
///   and those of SenderContext::setup
TWOWAY_API Result<BegunRequest> begin_request(const core::CipherSuite& suite, std::uint8_t key_id,
                                              const core::PublicKey& receiver,
                                              std::string_view media_type, core::Rng* rng) noexcept;

/// Makes the receiver's context for a request whose shared secret is known, under a media type from
/// choose_media_type. Fails with the errors of RecipientContext::from_shared_secret.
TWOWAY_API Result<core::RecipientContext> accept_request(const core::CipherSuite& suite,
                                                         std::uint8_t key_id,
                                                         const core::SharedSecret& shared_secret,
                                                         std::string_view media_type) noexcept;

}  // namespace twoway::framing
