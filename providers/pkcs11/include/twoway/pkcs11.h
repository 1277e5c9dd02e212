// Private keys in PKCS#11 tokens, for C. The rules are those of <twoway/c/types.h>.
// <twoway/pkcs11.hpp> and `docs/pkcs11.md` say more about each function, and which tokens can be
// used. Besides their own errors, all functions may fail with TWOWAY_KEY_UNAVAILABLE and the
// token's CKR as the native code.
//
// Who needs it: applications whose private keys are in tokens.
#ifndef TWOWAY_PKCS11_H
#define TWOWAY_PKCS11_H

#include <twoway/c/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Options for the use of a token. NULL in place of the struct stands for the defaults. Set at most
/// one source of the PIN. It takes precedence over that of the URI. Without a source, the token
/// must need no PIN or have a keypad.
typedef struct twoway_pkcs11_options {
  size_t size;                      ///< sizeof(twoway_pkcs11_options)
  const twoway_secret_source* pin;  ///< taken over as callbacks are
  const char* pin_file;             ///< its bytes without a trailing newline, read at each login
  const char* pin_environment;      ///< the name of a variable, read at each login
  size_t max_sessions;              ///< the largest number open at once, or 0 for 16
  uint32_t deadline_ms;             ///< longest wait for a session, or 0 for 10000
} twoway_pkcs11_options;

/// A token, with one pool of sessions. Thread-safe. Sessions are opened, and the PIN is asked for,
/// when an operation needs them, and again after a loss.
typedef struct twoway_pkcs11_token twoway_pkcs11_token;

/// Opens the one token that a PKCS#11 URI (RFC 7512) names. Ignores the attributes that name a key.
/// Without module-path the modules that p11-kit is configured with are searched, or the one of
/// module-name. x-init-reserved beside module-path is a text for the module's C_Initialize, which
/// NSS requires. Does not log in.
///
/// Errors:
///   TWOWAY_MALFORMED         not a PKCS#11 URI
///   TWOWAY_INVALID_ARGUMENT  several tokens match, several sources of the PIN, module-path and
///                            module-name, or x-init-reserved without module-path
///   TWOWAY_NOT_SUPPORTED     a part of the URI that is not used here
TWOWAY_C_CALL twoway_status twoway_pkcs11_token_open(const char* uri,
                                                     const twoway_pkcs11_options* options,
                                                     twoway_pkcs11_token** token,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Frees a token. Its keys stay usable.
TWOWAY_C_API void twoway_pkcs11_token_free(twoway_pkcs11_token* token) TWOWAY_C_NOEXCEPT;

/// Opens the one key with this CKA_LABEL (NULL for any) and CKA_ID (empty for any), and checks it
/// against `provider`, which is not needed afterwards. `public_key` is Npk bytes, or empty if the
/// token has it.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  several keys match
///   TWOWAY_NOT_SUPPORTED     another curve, a key without CKA_DERIVE, or a KEM that `provider`
///                            lacks
///   TWOWAY_INVALID_KEY       the public key is not valid
TWOWAY_C_CALL twoway_status twoway_pkcs11_token_open_key(
    const twoway_pkcs11_token* token, const twoway_provider* provider, const char* label,
    const uint8_t* id, size_t id_size, const uint8_t* public_key, size_t public_key_size,
    twoway_private_key** key, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes a key pair in the token (private, sensitive, never extractable, for derivation only) and
/// opens it. `label` and `id` are as above, but not both empty, and not taken. An empty id becomes
/// 16 random bytes. After a failure the token holds nothing new.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  label and id are both empty, or taken
///   TWOWAY_NOT_SUPPORTED     the token or `provider` lacks the KEM
TWOWAY_C_CALL twoway_status twoway_pkcs11_token_generate_key(const twoway_pkcs11_token* token,
                                                             const twoway_provider* provider,
                                                             uint16_t kem, const char* label,
                                                             const uint8_t* id, size_t id_size,
                                                             twoway_private_key** key,
                                                             twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Forgets that the token has refused a PIN. The next operation calls the source again.
TWOWAY_C_API void twoway_pkcs11_token_reset_pin(const twoway_pkcs11_token* token) TWOWAY_C_NOEXCEPT;

/// Opens the key that a URI names, token and key in one call. Fails with the errors of both
/// functions.
TWOWAY_C_CALL twoway_status twoway_pkcs11_open_key(const twoway_provider* provider, const char* uri,
                                                   const twoway_pkcs11_options* options,
                                                   const uint8_t* public_key,
                                                   size_t public_key_size, twoway_private_key** key,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes a key with the object and id of a URI in its token, token and key in one call. Fails with
/// the errors of both functions.
TWOWAY_C_CALL twoway_status twoway_pkcs11_generate_key(const twoway_provider* provider,
                                                       const char* uri, uint16_t kem,
                                                       const twoway_pkcs11_options* options,
                                                       twoway_private_key** key,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;

// --- Lists -------------------------------------------------------------------------------------
//
// A list is as it was when it was made. The `_get` functions return NULL if `index` is not below
// the count. Their structs live as long as the list, and grow at their end in later versions. Text
// that holds a zero byte ends there. Its URI has all of it.

/// A module that p11-kit is configured with on this system.
typedef struct twoway_pkcs11_module_info {
  const char* name;            ///< of its .module file
  const char* path;            ///< its shared object
  const char* init_arguments;  ///< its x-init-reserved, "" for none
} twoway_pkcs11_module_info;

/// A list of modules.
typedef struct twoway_pkcs11_modules twoway_pkcs11_modules;

/// Lists them in p11-kit's order of priority. Loads them, but does not initialise them.
TWOWAY_C_CALL twoway_status twoway_pkcs11_list_modules(twoway_pkcs11_modules** modules,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API size_t twoway_pkcs11_modules_count(const twoway_pkcs11_modules* modules)
    TWOWAY_C_NOEXCEPT;
TWOWAY_C_API const twoway_pkcs11_module_info* twoway_pkcs11_modules_get(
    const twoway_pkcs11_modules* modules, size_t index) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API void twoway_pkcs11_modules_free(twoway_pkcs11_modules* modules) TWOWAY_C_NOEXCEPT;

/// A token.
typedef struct twoway_pkcs11_token_info {
  const char* uri;               ///< for twoway_pkcs11_token_open, without a PIN
  const char* label;             ///< without the padding
  const char* serial;            ///< without the padding
  const char* manufacturer;      ///< without the padding
  const char* model;             ///< without the padding
  uint64_t slot_id;              ///< where the token is
  int login_required;            ///< its private keys need a PIN
  int protected_authentication;  ///< the PIN is entered at the token
  int pin_final_try;             ///< one more wrong PIN locks the token: no login is tried
  int pin_locked;                ///< no PIN is accepted
} twoway_pkcs11_token_info;

/// A list of tokens.
typedef struct twoway_pkcs11_tokens twoway_pkcs11_tokens;

/// Lists all initialised tokens of a module, in the order of their slots. Needs no PIN.
/// `init_arguments` is a text for the module's C_Initialize, or NULL for none.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  the module is in use with other init arguments
TWOWAY_C_CALL twoway_status twoway_pkcs11_list_tokens(const char* module_path,
                                                      const char* init_arguments,
                                                      twoway_pkcs11_tokens** tokens,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API size_t twoway_pkcs11_tokens_count(const twoway_pkcs11_tokens* tokens)
    TWOWAY_C_NOEXCEPT;
TWOWAY_C_API const twoway_pkcs11_token_info* twoway_pkcs11_tokens_get(
    const twoway_pkcs11_tokens* tokens, size_t index) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API void twoway_pkcs11_tokens_free(twoway_pkcs11_tokens* tokens) TWOWAY_C_NOEXCEPT;

/// A private key of a supported curve.
typedef struct twoway_pkcs11_key_info {
  const char* uri;            ///< for twoway_pkcs11_open_key, without a PIN
  const char* label;          ///< CKA_LABEL
  const uint8_t* id;          ///< CKA_ID
  size_t id_size;             ///< in bytes
  const uint8_t* public_key;  ///< Npk bytes, or none if the token has none for it
  size_t public_key_size;     ///< in bytes
  uint16_t kem;               ///< that the key is for
  int derivable;              ///< the key can be opened
  int extractable;            ///< the token might give the key away
} twoway_pkcs11_key_info;

/// A list of keys.
typedef struct twoway_pkcs11_keys twoway_pkcs11_keys;

/// Lists the private keys of a token, which may need its PIN.
TWOWAY_C_CALL twoway_status twoway_pkcs11_token_list_keys(const twoway_pkcs11_token* token,
                                                          twoway_pkcs11_keys** keys,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API size_t twoway_pkcs11_keys_count(const twoway_pkcs11_keys* keys) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API const twoway_pkcs11_key_info* twoway_pkcs11_keys_get(const twoway_pkcs11_keys* keys,
                                                                  size_t index) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API void twoway_pkcs11_keys_free(twoway_pkcs11_keys* keys) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
