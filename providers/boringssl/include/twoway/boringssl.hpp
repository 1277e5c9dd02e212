// The BoringSSL provider: Debian's android-libboringssl, or any newer BoringSSL.
//
// Who needs it: applications that use BoringSSL.
#pragma once

#include <twoway/core/export.hpp>
#include <twoway/core/provider.hpp>

// Build systems set these for products, by the libraries that the product links.
#if defined(TWOWAY_LIBCRYPTO_OPENSSL) && defined(TWOWAY_LIBCRYPTO_BORINGSSL)
#error \
    "one product links OpenSSL (twoway-openssl or twoway-pkcs11) and a BoringSSL without a symbol \
prefix (twoway-boringssl); their functions have the same names, so link one of the two, or build \
twoway with a BoringSSL that has a prefix (docs/providers.md)"
#endif

namespace twoway::boringssl {

/// Returns the provider over BoringSSL. The first call makes it, and it is never destroyed.
///
/// Offers P-256, P-384, P-521, X25519, HKDF-SHA256, HKDF-SHA384, HKDF-SHA512, AES-128-GCM,
/// AES-256-GCM and ChaCha20Poly1305. If the library exports them, also the native KEMs ML-KEM-768,
/// ML-KEM-1024 and MLKEM768-X25519 (draft-ietf-hpke-pq). The randomness of ML-KEM cannot be
/// injected: not_supported.
///
/// A BoringSSL without a symbol prefix cannot share a process with OpenSSL, because both give their
/// functions the same names. If OpenSSL's were bound instead of its own, the provider calls none of
/// them and offers nothing, and its `unusable` says so.
TWOWAY_API const core::Provider& provider() noexcept;

}  // namespace twoway::boringssl
