// Checks that core makes once for every provider, before any key is called.
#pragma once

#include <twoway/core/provider.hpp>

namespace twoway::core {

/// Constant-time in the bytes' values.
bool all_zero(ByteView bytes) noexcept;

/// Checks a private key (RFC 9180 section 7.1.2): exactly Nsk bytes, and for the NIST curves 0 < sk
/// < n.
bool private_key_ok(const DhParams& dh, ByteView sk) noexcept;

/// Makes the checks of a public key that need no arithmetic. It must have exactly Npk bytes. A NIST
/// point must be uncompressed, and an X25519 or X448 value must not be of small order. The provider
/// checks that a NIST point is on its curve.
bool public_key_ok(const DhParams& dh, ByteView pk) noexcept;

inline constexpr Error kBadDhResult{Errc::key_unavailable,
                                    "the private key gave a result of the wrong length, or zeros"};

/// RFC 9180 section 7.1.4: the result of X25519 and X448 is checked for all zeros.
Status check_dh_result(ByteView secret, const DhParams& dh) noexcept;

/// The peer is valid, so whatever a key fails at is its own trouble and not the message's.
inline Error key_failure(const Error& error) noexcept {
  return {Errc::key_unavailable, error.message, error.native};
}

/// Writes pk(sk) to `enc`, Npk bytes, and DH(sk, peer) to `secret`. `sk` is valid, and `peer` is a
/// key of `group`.
Status dh_by(DhSecret& secret, ByteSpan enc, const DhGroup& group, ByteView sk,
             const PublicKey& peer) noexcept;

}  // namespace twoway::core
