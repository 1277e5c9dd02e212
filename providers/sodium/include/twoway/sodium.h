// The libsodium provider for C: libsodium 1.0.18 and newer. <twoway/sodium.hpp> lists its
// algorithms.
//
// Who needs it: applications that use libsodium.
#ifndef TWOWAY_SODIUM_H
#define TWOWAY_SODIUM_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Returns the provider over libsodium. The first call makes it and runs sodium_init. It is never
/// destroyed.
TWOWAY_C_API const twoway_provider* twoway_sodium_provider(void) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
