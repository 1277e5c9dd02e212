// The header of an encapsulated request (RFC 9458 section 4.3).
//
// Who needs it: power users, who read headers themselves.
#pragma once

#include <array>

#include <twoway/framing/types.hpp>

namespace twoway::framing {

/// The size of a header, in bytes.
inline constexpr std::size_t kHeaderSize = 7;

/// hdr = key_id (1) || kem_id (2) || kdf_id (2) || aead_id (2), big-endian.
struct RequestHeader {
  std::uint8_t key_id;  ///< of the receiver's key
  core::Suite suite;    ///< KEM, KDF and AEAD
  friend bool operator==(const RequestHeader&, const RequestHeader&) = default;
};

/// Reads the first kHeaderSize bytes of `message`. Fails with malformed if there are fewer. Accepts
/// any ids: the caller must check them.
TWOWAY_API Result<RequestHeader> parse_header(ByteView message) noexcept;

/// Returns a header as it is sent.
TWOWAY_API std::array<std::uint8_t, kHeaderSize> serialize(const RequestHeader& header) noexcept;

/// Finds the algorithms of a suite for OHTTP. Fails with not_supported if the provider lacks one,
/// for a one-stage KDF (the response's keys need Extract and Expand) and for the export-only AEAD.
TWOWAY_API Result<core::CipherSuite> find_suite(const Provider& provider,
                                                core::Suite suite) noexcept;

}  // namespace twoway::framing
