// The libsodium provider: libsodium 1.0.18 and newer.
//
// Who needs it: applications that use libsodium.
#pragma once

#include <twoway/core/export.hpp>
#include <twoway/core/provider.hpp>

namespace twoway::sodium {

/// Returns the provider over libsodium. The first call makes it and runs sodium_init. It is never
/// destroyed.
///
/// Offers X25519, HKDF-SHA256, HKDF-SHA512, ChaCha20Poly1305, and AES-256-GCM if the processor has
/// instructions for it. So its only KEM of RFC 9180 is DHKEM(X25519, HKDF-SHA256). If it is built
/// with libsodium 1.0.22 or newer, also ML-KEM-768, whose randomness can be injected, SHA3-256,
/// SHAKE128, SHAKE256, TurboSHAKE128 and TurboSHAKE256. Core composes MLKEM768-X25519 of its parts
/// (draft-ietf-hpke-pq). If sodium_init fails the provider offers nothing, and its generator fails
/// with provider_failure.
TWOWAY_API const core::Provider& provider() noexcept;

}  // namespace twoway::sodium
