// The beginning of an encapsulated request, whole or chunked (RFC 9458 section 4.3).
#pragma once

#include <string_view>

#include <twoway/framing/header.hpp>

namespace twoway::framing {

/// The media types of a whole and of a chunked request; other bytes are allowed.
inline constexpr std::string_view kRequestMediaType = "message/bhttp request";
inline constexpr std::string_view kChunkedRequestMediaType = "message/bhttp chunked request";

/// Longest media type, in bytes, so that `info` fits HPKE's limit.
inline constexpr std::size_t kMaxMediaType = core::kMaxHpkeInput - 1 - kHeaderSize;

/// invalid_argument for a media type over kMaxMediaType.
TWOWAY_API core::Status check_media_type(std::string_view media_type) noexcept;

/// hdr || enc, with what follows from it.
struct RequestStart {
  core::Bytes prefix;           ///< kHeaderSize + Nenc bytes
  core::SenderContext context;  ///< its first message follows the prefix
  core::ByteView enc() const noexcept { return core::ByteView(prefix).subspan(kHeaderSize); }
};

/// Begins a request to the holder of `receiver`, whose key id is `key_id`. The ephemeral key is
/// drawn from `rng` where it is not null. Errors: invalid_argument (a long media type), those of
/// SenderContext::setup.
TWOWAY_API core::Result<RequestStart> start_request(const core::CipherSuite& suite,
                                                    std::uint8_t key_id,
                                                    const core::PublicKey& receiver,
                                                    std::string_view media_type,
                                                    core::Rng* rng) noexcept;

/// The receiver's context for a request whose shared secret is known.
TWOWAY_API core::Result<core::RecipientContext> accept_request(
    const core::CipherSuite& suite, std::uint8_t key_id, core::ByteView shared_secret,
    std::string_view media_type) noexcept;

}  // namespace twoway::framing
