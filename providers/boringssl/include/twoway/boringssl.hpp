// The BoringSSL provider: Debian's android-libboringssl, or any newer BoringSSL.
#pragma once

#include <twoway/core/export.hpp>
#include <twoway/core/provider.hpp>

// Build systems set these for products, by what they link.
#if defined(TWOWAY_LIBCRYPTO_OPENSSL) && defined(TWOWAY_LIBCRYPTO_BORINGSSL)
#error \
    "one product links OpenSSL (twoway-openssl or twoway-pkcs11) and a BoringSSL without a symbol \
prefix (twoway-boringssl); their functions have the same names, so link one of the two, or build \
twoway with a BoringSSL that has a prefix (docs/providers.md)"
#endif

namespace twoway::boringssl {

/// The provider over BoringSSL. Made at the first call; never destroyed.
///
/// Offers P-256, P-384, P-521, X25519, HKDF-SHA256, HKDF-SHA384, HKDF-SHA512, AES-128-GCM,
/// AES-256-GCM and ChaCha20Poly1305; and where the library exports them, the native KEMs
/// ML-KEM-768, ML-KEM-1024 and MLKEM768-X25519 (draft-ietf-hpke-pq). The randomness of ML-KEM
/// cannot be injected: not_supported.
///
/// A BoringSSL without a symbol prefix cannot share a process with OpenSSL, because both give
/// their functions the same names. Where OpenSSL's were bound instead of its own, the provider
/// calls none of them, offers nothing, and its `unusable` says so.
TWOWAY_API const core::Provider& provider() noexcept;

}  // namespace twoway::boringssl
