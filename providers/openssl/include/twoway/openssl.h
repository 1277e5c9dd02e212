// The OpenSSL provider for C: OpenSSL 3.0 and newer. The rules are those of <twoway/c/types.h>.
// <twoway/openssl.hpp> says more about each function.
//
// Who needs it: applications that use OpenSSL.
#ifndef TWOWAY_OPENSSL_H
#define TWOWAY_OPENSSL_H

#include <twoway/c/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ossl_lib_ctx_st;
struct evp_pkey_st;

/// Returns the provider over OpenSSL's default library context. It is never destroyed.
TWOWAY_C_API const twoway_provider* twoway_openssl_provider(void) TWOWAY_C_NOEXCEPT;

/// Makes a provider over an OSSL_LIB_CTX (NULL is the default one) and a property query such as
/// "fips=yes" (NULL for none). Borrows both. Free the provider after every object that was made
/// from it.
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED  no algorithm can be fetched there
TWOWAY_C_CALL twoway_status twoway_openssl_provider_new(struct ossl_lib_ctx_st* library_context,
                                                        const char* properties,
                                                        twoway_provider** provider,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Frees a provider from twoway_openssl_provider_new, and no other.
TWOWAY_C_API void twoway_openssl_provider_free(twoway_provider* provider) TWOWAY_C_NOEXCEPT;

/// Makes a private key over an EVP_PKEY that can derive. Its curve must be P-256, P-384, P-521,
/// X25519 or X448, and its public half must be readable. Takes a reference of its own to `pkey`. If
/// `concurrent` is 0, one thread at a time uses it, because keys of hardware-backed OpenSSL
/// providers are known to hang otherwise.
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED    another kind of key
///   TWOWAY_KEY_UNAVAILABLE  the public half cannot be read
TWOWAY_C_CALL twoway_status twoway_openssl_private_key(struct evp_pkey_st* pkey, int concurrent,
                                                       twoway_private_key** key,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;

/// A store from which private keys are loaded through OSSL_STORE: files, and TPM handles with the
/// OpenSSL provider tpm2. Thread-safe. Its operations take turns.
typedef struct twoway_openssl_key_store twoway_openssl_key_store;

/// Loads `count` OpenSSL providers by name into a library context of its own: {"tpm2", "default"}
/// for keys in a TPM, and {"default"} if `count` is 0. Reads the configuration file `config`
/// before, if that is not NULL. `properties` is a query for loading keys, or NULL for none.
///
/// Errors:
///   TWOWAY_MALFORMED        the configuration file cannot be used
///   TWOWAY_NOT_SUPPORTED    a module is not installed
///   TWOWAY_KEY_UNAVAILABLE  an OpenSSL provider does not start, for example because no TPM is
///                           reached
TWOWAY_C_CALL twoway_status twoway_openssl_key_store_open(const char* const* providers,
                                                          size_t count, const char* config,
                                                          const char* properties,
                                                          twoway_openssl_key_store** store,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Its keys stay usable.
TWOWAY_C_API void twoway_openssl_key_store_free(twoway_openssl_key_store* store) TWOWAY_C_NOEXCEPT;

/// Loads the first private key at `uri`: a file's path, "file:/...", or "handle:0x81000100" (with
/// "?pass" after it if the handle has an authorisation value). The key keeps `passphrase`, which is
/// taken over as callbacks are, and may be NULL.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  `uri` is empty
///   TWOWAY_NOT_SUPPORTED     no OpenSSL provider takes the URI, or it is another kind of key
///   TWOWAY_MALFORMED         there is no private key
///   TWOWAY_KEY_UNAVAILABLE   no such file or handle, no TPM, or a missing or wrong pass phrase
///   and those of `passphrase`
TWOWAY_C_CALL twoway_status twoway_openssl_key_store_load(twoway_openssl_key_store* store,
                                                          const char* uri,
                                                          const twoway_secret_source* passphrase,
                                                          twoway_private_key** key,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
