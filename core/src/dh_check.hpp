// Checks that core makes once for every provider, before any key is called.
#pragma once

#include <twoway/core/bytes.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::core {

/// Constant-time in the bytes' values.
bool all_zero(ByteView bytes) noexcept;

/// RFC 9180 section 7.1.2: exactly Nsk bytes; for the NIST curves, 0 < sk < n.
bool private_key_ok(const DhParams& dh, ByteView sk) noexcept;

/// What can be said of a public key without arithmetic: exactly Npk bytes; an uncompressed NIST
/// point; an X25519 or X448 value that is not of small order. Whether a NIST point is on its
/// curve is for the provider to say.
bool public_key_ok(const DhParams& dh, ByteView pk) noexcept;

}  // namespace twoway::core
