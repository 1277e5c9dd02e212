// The libsodium provider for C: libsodium 1.0.18 and newer. <twoway/sodium.hpp> says what it
// offers.
#ifndef TWOWAY_SODIUM_H
#define TWOWAY_SODIUM_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The provider over libsodium. Made at the first call, which runs sodium_init; lives for ever.
TWOWAY_C_API const twoway_provider* twoway_sodium_provider(void) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
