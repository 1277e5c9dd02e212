// The BoringSSL provider for C. <twoway/boringssl.hpp> lists its algorithms. A BoringSSL without a
// symbol prefix cannot share a process with OpenSSL.
//
// Who needs it: applications that use BoringSSL.
#ifndef TWOWAY_BORINGSSL_H
#define TWOWAY_BORINGSSL_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Returns the provider over BoringSSL. The first call makes it, and it is never destroyed.
TWOWAY_C_API const twoway_provider* twoway_boringssl_provider(void) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
