// Private keys in PKCS#11 tokens, for C. The rules are those of <twoway/c/types.h>;
// <twoway/pkcs11.hpp> and `docs/pkcs11.md` say more of each function, and which tokens will do.
// Errors of all functions: TWOWAY_KEY_UNAVAILABLE with the token's CKR as the native code, besides
// those that are named.
#ifndef TWOWAY_PKCS11_H
#define TWOWAY_PKCS11_H

#include <twoway/c/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How a token is used. NULL in its place stands for the defaults. Set one source of the PIN at
/// most; it wins over that of the URI. Without any, the token needs no PIN or has a keypad.
typedef struct twoway_pkcs11_options {
  size_t size;                      ///< sizeof(twoway_pkcs11_options)
  const twoway_secret_source* pin;  ///< taken over as callbacks are
  const char* pin_file;             ///< its bytes without a trailing newline, read at each login
  const char* pin_environment;      ///< the name of a variable, read at each login
  size_t max_sessions;              ///< the most that are open at once; 0 is 16
  uint32_t deadline_ms;             ///< how long an operation waits for a session; 0 is 10000
} twoway_pkcs11_options;

/// A token, with one pool of sessions. Thread-safe. Sessions are opened, and the PIN is asked for,
/// when an operation needs them; after a loss, again.
typedef struct twoway_pkcs11_token twoway_pkcs11_token;

/// Opens the one token that a PKCS#11 URI (RFC 7512) names; what names a key is ignored. Without
/// module-path the modules that p11-kit is configured with are searched, or the one of module-name.
/// x-init-reserved beside module-path is a text for the module's C_Initialize, which NSS requires.
/// Does not log in. Errors: TWOWAY_MALFORMED (the URI), TWOWAY_INVALID_ARGUMENT (several tokens
/// match, several sources of the PIN, module-path and module-name, x-init-reserved without
/// module-path), TWOWAY_NOT_SUPPORTED (a part of the URI that is not used here).
TWOWAY_C_CALL twoway_status twoway_pkcs11_token_open(const char* uri,
                                                     const twoway_pkcs11_options* options,
                                                     twoway_pkcs11_token** token,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Its keys stay usable.
TWOWAY_C_API void twoway_pkcs11_token_free(twoway_pkcs11_token* token) TWOWAY_C_NOEXCEPT;

/// Opens the one key with this CKA_LABEL (NULL for any) and CKA_ID (empty for any), and tries it
/// against `provider`, which is not needed afterwards. `public_key` is Npk bytes, or empty where
/// the token has it. Errors: TWOWAY_INVALID_ARGUMENT (several keys match), TWOWAY_NOT_SUPPORTED
/// (another curve, a key without CKA_DERIVE, a KEM that `provider` lacks), TWOWAY_INVALID_KEY (the
/// public key).
TWOWAY_C_CALL twoway_status twoway_pkcs11_token_open_key(
    const twoway_pkcs11_token* token, const twoway_provider* provider, const char* label,
    const uint8_t* id, size_t id_size, const uint8_t* public_key, size_t public_key_size,
    twoway_private_key** key, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes a key pair on the token (private, sensitive, never extractable, for derivation only) and
/// opens it. `label` and `id` as above, not both empty, nor taken; an empty id becomes 16 random
/// bytes. On failure the token holds nothing new. Errors: TWOWAY_INVALID_ARGUMENT (the name),
/// TWOWAY_NOT_SUPPORTED (a KEM that the token or `provider` lacks).
TWOWAY_C_CALL twoway_status twoway_pkcs11_token_generate_key(const twoway_pkcs11_token* token,
                                                             const twoway_provider* provider,
                                                             uint16_t kem, const char* label,
                                                             const uint8_t* id, size_t id_size,
                                                             twoway_private_key** key,
                                                             twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Forgets that the token has refused a PIN: the next operation asks the source again.
TWOWAY_C_API void twoway_pkcs11_token_reset_pin(const twoway_pkcs11_token* token) TWOWAY_C_NOEXCEPT;

/// Opens the key that a URI names, token and key in one call. Errors: those of both.
TWOWAY_C_CALL twoway_status twoway_pkcs11_open_key(const twoway_provider* provider, const char* uri,
                                                   const twoway_pkcs11_options* options,
                                                   const uint8_t* public_key,
                                                   size_t public_key_size, twoway_private_key** key,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes a key with the object and id of a URI on its token, token and key in one call. Errors:
/// those of both.
TWOWAY_C_CALL twoway_status twoway_pkcs11_generate_key(const twoway_provider* provider,
                                                       const char* uri, uint16_t kem,
                                                       const twoway_pkcs11_options* options,
                                                       twoway_private_key** key,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
