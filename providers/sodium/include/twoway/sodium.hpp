// The libsodium provider: libsodium 1.0.18 and newer.
#pragma once

#include <twoway/core/export.hpp>
#include <twoway/core/provider.hpp>

namespace twoway::sodium {

/// The provider over libsodium. Made at the first call, which runs sodium_init; never destroyed.
///
/// Offers X25519, HKDF-SHA256, HKDF-SHA512, ChaCha20Poly1305, and AES-256-GCM where the processor
/// has instructions for it; so of RFC 9180's KEMs DHKEM(X25519, HKDF-SHA256) alone. Where
/// sodium_init fails it offers nothing, and its generator answers provider_failure.
TWOWAY_API const core::Provider& provider() noexcept;

}  // namespace twoway::sodium
