// Known-answer tests: whether an algorithm of a provider computes what its specification says.
#pragma once

#include <twoway/core/kem.hpp>

namespace twoway::core {

/// Each runs `algorithm` on published inputs and compares every output. Success means that the
/// test ran here and now, and that all agreed. Errors: provider_failure where an answer differs
/// (do not use the algorithm), not_supported where no answer is known for its id, and whatever
/// error the algorithm itself gives. Cheap enough to run at every start.

/// Seals and opens, and sees that a changed tag is refused.
TWOWAY_API Status self_check(const Aead& algorithm) noexcept;

/// Extracts and expands, or derives.
TWOWAY_API Status self_check(const Kdf& algorithm) noexcept;

/// Computes a public key and a shared secret; then a fresh ephemeral key agrees with it.
TWOWAY_API Status self_check(const DhGroup& algorithm) noexcept;

/// For native KEMs: derives a key pair, and the secret of an `enc` that nobody made; then a fresh
/// encapsulation agrees with the key. not_supported for a DHKEM: check its group and KDF.
TWOWAY_API Status self_check(const Kem& algorithm) noexcept;

/// Draws twice: a generator that repeats itself is provider_failure. There is no known answer.
TWOWAY_API Status self_check(Rng& generator) noexcept;

}  // namespace twoway::core
