// Key configurations (RFC 9458 section 3).
//
// Who needs it: applications that look into key configuration lists.
#ifndef TWOWAY_C_KEY_CONFIGS_H
#define TWOWAY_C_KEY_CONFIGS_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Key configurations (RFC 9458 section 3), for programs that look into lists or make their own:
/// a ring writes its list, and a sender reads one, without it. Belongs to one thread at a time.
typedef struct twoway_key_configs twoway_key_configs;

/// Makes an empty list.
TWOWAY_C_CALL twoway_status twoway_key_configs_new(const twoway_provider* provider,
                                                   twoway_key_configs** configs,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Reads those of a list of media type application/ohttp-keys (section 3.2). Entries with an
/// unknown KEM are skipped. Errors: TWOWAY_MALFORMED (one malformed entry discards the list).
TWOWAY_C_CALL twoway_status twoway_key_configs_parse(const twoway_provider* provider,
                                                     const uint8_t* list, size_t list_size,
                                                     twoway_key_configs** configs,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_key_configs_free(twoway_key_configs* configs) TWOWAY_C_NOEXCEPT;

/// Appends one. Its key is not validated.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  no pair, a public key of another length than the KEM's, more than
///                            fits
///   TWOWAY_NOT_SUPPORTED     an unknown KEM
TWOWAY_C_CALL twoway_status twoway_key_configs_add(twoway_key_configs* configs, uint8_t key_id,
                                                   uint16_t kem, const uint8_t* public_key,
                                                   size_t public_key_size,
                                                   const twoway_symmetric_algorithms* algorithms,
                                                   size_t count,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Appends one that stands alone, without a list's length before it (section 3.1).
///
/// Errors:
///   TWOWAY_MALFORMED
///   TWOWAY_NOT_SUPPORTED  an unknown KEM
TWOWAY_C_CALL twoway_status twoway_key_configs_add_encoded(twoway_key_configs* configs,
                                                           const uint8_t* config,
                                                           size_t config_size,
                                                           twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Returns how many there are.
TWOWAY_C_API size_t twoway_key_configs_count(const twoway_key_configs* configs) TWOWAY_C_NOEXCEPT;

/// Writes key id and KEM of the one at `index`, from 0. Each output may be NULL. Fails with
/// TWOWAY_INVALID_ARGUMENT if there is no such index.
TWOWAY_C_CALL twoway_status twoway_key_configs_get(const twoway_key_configs* configs, size_t index,
                                                   uint8_t* key_id, uint16_t* kem,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the public key of the one at `index`.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  no such index
///   TWOWAY_BUFFER_TOO_SMALL
TWOWAY_C_CALL twoway_status twoway_key_configs_public_key(const twoway_key_configs* configs,
                                                          size_t index, uint8_t* out,
                                                          size_t capacity, size_t* written,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the pairs of the one at `index`. `capacity` and `*written` count pairs. Fails with the
/// errors above.
TWOWAY_C_CALL twoway_status twoway_key_configs_algorithms(const twoway_key_configs* configs,
                                                          size_t index,
                                                          twoway_symmetric_algorithms* out,
                                                          size_t capacity, size_t* written,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the one at `index` alone (section 3.1). Fails with the errors above.
TWOWAY_C_CALL twoway_status twoway_key_configs_encode(const twoway_key_configs* configs,
                                                      size_t index, uint8_t* out, size_t capacity,
                                                      size_t* written,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes all of them as a list (section 3.2).
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  none
///   TWOWAY_BUFFER_TOO_SMALL
TWOWAY_C_CALL twoway_status twoway_key_configs_encode_list(const twoway_key_configs* configs,
                                                           uint8_t* out, size_t capacity,
                                                           size_t* written,
                                                           twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
