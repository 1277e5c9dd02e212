// The BoringSSL provider for C. <twoway/boringssl.hpp> says what it offers, and that a BoringSSL
// without a symbol prefix cannot share a process with OpenSSL.
#ifndef TWOWAY_BORINGSSL_H
#define TWOWAY_BORINGSSL_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The provider over BoringSSL. Made at the first call; lives for ever.
TWOWAY_C_API const twoway_provider* twoway_boringssl_provider(void) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
