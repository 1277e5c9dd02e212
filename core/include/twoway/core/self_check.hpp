// Known-answer tests of a provider's algorithms against their specifications.
//
// Who needs it: power users, who test a provider when their program starts.
#pragma once

#include <twoway/core/kem.hpp>

namespace twoway::core {

// Each function runs `algorithm` on published inputs and compares every output. Success means that
// the test ran now and all outputs agreed. Cheap enough to run at every start.
//
// Errors:
//   provider_failure  an output differs: do not use the algorithm
//   not_supported     no answer is known for its id
//   and those of the algorithm itself

/// Seals and opens, and checks that a changed tag is refused.
TWOWAY_API Status self_check(const Aead& algorithm) noexcept;

/// Extracts and expands, or derives.
TWOWAY_API Status self_check(const Kdf& algorithm) noexcept;

/// Computes a public key and a shared secret, then checks that a fresh ephemeral key agrees with
/// it.
TWOWAY_API Status self_check(const DhGroup& algorithm) noexcept;

/// For ML-KEM, its hybrids and native KEMs: derives a key pair, and the secret of an `enc` that
/// nobody made, then checks that a fresh encapsulation agrees with the key. Fails with
/// not_supported for a DHKEM: check its group and KDF.
TWOWAY_API Status self_check(const Kem& algorithm) noexcept;

/// Draws twice. Fails with provider_failure if the generator repeats itself. There is no known
/// answer.
TWOWAY_API Status self_check(Rng& generator) noexcept;

}  // namespace twoway::core
