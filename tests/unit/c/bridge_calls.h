// Operations for the tests in C that the C interface does not offer.
#ifndef TWOWAY_TESTS_C_BRIDGE_CALLS_H
#define TWOWAY_TESTS_C_BRIDGE_CALLS_H

#include <twoway/twoway.h>

#ifdef __cplusplus
extern "C" {
#endif

/// DH(sk, peer), as a key that lives elsewhere computes it.
twoway_status key_dh(const twoway_provider* crypto, const twoway_private_key* key,
                     const uint8_t* peer, size_t peer_size, uint8_t* secret, size_t secret_size);

/// Decap(enc, sk), in the same way.
twoway_status key_decap(const twoway_provider* crypto, const twoway_private_key* key,
                        const uint8_t* enc, size_t enc_size, uint8_t* secret, size_t secret_size);

#ifdef __cplusplus
}
#endif

#endif
