// PKCS#8 (RFC 5958): private keys in DER.
#pragma once

#include <twoway/private_key_pem.hpp>

#include "der.hpp"

namespace twoway::pkcs8 {

constexpr Error malformed(const char* message) noexcept { return {Errc::malformed, message}; }

inline constexpr Error kRsa = malformed(
    "this is an RSA or DSA key, not a key for HPKE: make one with openssl genpkey -algorithm "
    "X25519");

/// Sets the secret of `data`. Fails with malformed if it has another length than its KEM's.
Status read_secret(PrivateKeyData& data, ByteView secret) noexcept;

/// Reads a file with one private key. Fails with malformed if it is anything else.
Result<PrivateKeyData> read(ByteView file) noexcept;

/// Returns true if there is a form for the keys of this KEM.
bool has_form(KemId id) noexcept;

/// Writes a file for a KEM that has a form. `sk` has Nsk bytes. Fails with invalid_argument if `pk`
/// is no public key, or empty for a NIST curve.
Result<der::Writer> write(const core::KemParams& kem, ByteView sk, ByteView pk) noexcept;

}  // namespace twoway::pkcs8
