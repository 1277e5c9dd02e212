// HPKE by itself (RFC 9180): contexts and single-shot functions in the modes base, psk, auth and
// auth_psk, without a message format. Requests and responses need none of it.
//
// Who needs it: power users, who want HPKE by itself.
#ifndef TWOWAY_C_HPKE_H
#define TWOWAY_C_HPKE_H

#include <twoway/c/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- Modes -------------------------------------------------------------------------------------
//
// NULL in place of a mode, and a mode without members, are base. A PSK alone is psk. The sender's
// key alone is auth. Both are auth_psk. Sender and recipient must choose the same mode. A PSK is
// given if `psk` or `psk_id` is not NULL: it then has 32 to 65535 bytes, and its id 1 to 65535. The
// authenticated modes need a DHKEM and an HKDF.

/// Chooses a sender's mode.
typedef struct twoway_hpke_sender_mode {
  size_t size;                    ///< sizeof(twoway_hpke_sender_mode)
  const uint8_t* psk;             ///< the pre-shared key
  size_t psk_size;                ///< in bytes
  const uint8_t* psk_id;          ///< its public name
  size_t psk_id_size;             ///< in bytes
  const twoway_private_key* key;  ///< skS, a key of the suite's KEM
} twoway_hpke_sender_mode;

/// Chooses a recipient's mode.
typedef struct twoway_hpke_recipient_mode {
  size_t size;            ///< sizeof(twoway_hpke_recipient_mode)
  const uint8_t* psk;     ///< the pre-shared key
  size_t psk_size;        ///< in bytes
  const uint8_t* psk_id;  ///< its public name
  size_t psk_id_size;     ///< in bytes
  const uint8_t* sender;  ///< pkS, the sender's public key, Npk bytes
  size_t sender_size;     ///< in bytes
} twoway_hpke_recipient_mode;

// --- Contexts (RFC 9180 section 5) -------------------------------------------------------------

/// Seals a sequence of messages to one recipient.
typedef struct twoway_hpke_sender twoway_hpke_sender;

/// Opens the messages of one sender's context, in order.
typedef struct twoway_hpke_recipient twoway_hpke_recipient;

/// Sets up a sender's context to the recipient whose public key is `public_key`, Npk bytes. Writes
/// the encapsulated key to `enc`, Nenc bytes, at most TWOWAY_MAX_ENC. `info` has at most 65535
/// bytes. The ephemeral key is drawn from `rng`, or by the provider if it is NULL.
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED     the provider lacks the suite, or the suite or key the mode
///   TWOWAY_INVALID_KEY       the recipient's public key
///   TWOWAY_INVALID_ARGUMENT  the mode, the length of `info`
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_KEY_UNAVAILABLE   the sender's key failed
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_hpke_sender_setup(
    const twoway_provider* provider, twoway_suite suite, const uint8_t* public_key,
    size_t public_key_size, const uint8_t* info, size_t info_size,
    const twoway_hpke_sender_mode* mode, twoway_rng* rng, uint8_t* enc, size_t enc_capacity,
    size_t* enc_written, twoway_hpke_sender** sender, twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_hpke_sender_free(twoway_hpke_sender* sender) TWOWAY_C_NOEXCEPT;

/// Returns the size of a message of `plaintext_size` bytes, sealed. 0 in an export-only suite.
TWOWAY_C_API size_t twoway_hpke_sender_sealed_size(const twoway_hpke_sender* sender,
                                                   size_t plaintext_size) TWOWAY_C_NOEXCEPT;

/// Writes the next message, sealed_size bytes. `out` is `plaintext` itself or disjoint from it.
///
/// Errors, after which the context is as before:
///   TWOWAY_NOT_SUPPORTED     the suite is export-only
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_MESSAGE_LIMIT     the sequence number is used up
///   TWOWAY_WRONG_STATE       another process set it up
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_hpke_sender_seal(twoway_hpke_sender* sender, const uint8_t* aad,
                                                    size_t aad_size, const uint8_t* plaintext,
                                                    size_t plaintext_size, uint8_t* out,
                                                    size_t capacity, size_t* written,
                                                    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Fills `out` with a secret of `out_size` bytes that both sides can derive (section 5.3), as
/// secret as the messages. `out` is wiped after a TWOWAY_PROVIDER_FAILURE.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  over 255*Nh bytes, or 65535 of a one-stage KDF
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_hpke_sender_export(const twoway_hpke_sender* sender,
                                                      const uint8_t* exporter_context,
                                                      size_t exporter_context_size, uint8_t* out,
                                                      size_t out_size,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Sets up the recipient's context for a sender's `enc`, with the same info and mode.
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED     the provider lacks the suite, or the suite or key the mode
///   TWOWAY_INVALID_KEY       the sender's public key
///   TWOWAY_INVALID_ARGUMENT  the mode, the length of `info`, a key of another KEM
///   TWOWAY_OPEN_FAILED       `enc` is not a valid encapsulation
///   TWOWAY_KEY_UNAVAILABLE   the key failed
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_hpke_recipient_setup(
    const twoway_provider* provider, twoway_suite suite, const twoway_private_key* key,
    const uint8_t* enc, size_t enc_size, const uint8_t* info, size_t info_size,
    const twoway_hpke_recipient_mode* mode, twoway_hpke_recipient** recipient,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_hpke_recipient_free(twoway_hpke_recipient* recipient) TWOWAY_C_NOEXCEPT;

/// Returns the size of the plaintext in a message of `ciphertext_size` bytes, or 0 if they are too
/// few.
TWOWAY_C_API size_t twoway_hpke_recipient_opened_size(const twoway_hpke_recipient* recipient,
                                                      size_t ciphertext_size) TWOWAY_C_NOEXCEPT;

/// Writes the plaintext of the next message, opened_size bytes. `out` is `ciphertext` itself or
/// disjoint from it. If a message does not open, the context is as before and the bytes written are
/// wiped.
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED     the suite is export-only
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_OPEN_FAILED       the message is not authentic, or not the next one
///   TWOWAY_MESSAGE_LIMIT     the sequence number is used up
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_hpke_recipient_open(twoway_hpke_recipient* recipient,
                                                       const uint8_t* aad, size_t aad_size,
                                                       const uint8_t* ciphertext,
                                                       size_t ciphertext_size, uint8_t* out,
                                                       size_t capacity, size_t* written,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;

/// As twoway_hpke_sender_export.
TWOWAY_C_CALL twoway_status twoway_hpke_recipient_export(const twoway_hpke_recipient* recipient,
                                                         const uint8_t* exporter_context,
                                                         size_t exporter_context_size, uint8_t* out,
                                                         size_t out_size,
                                                         twoway_error* error) TWOWAY_C_NOEXCEPT;

// --- Single-shot functions (RFC 9180 section 6) ------------------------------------------------
//
// A context that is used once. Arguments and errors are those of the set-up and of the context's
// function. If one of two outputs is too small, both sizes that are needed are written.

/// Seals one message: writes Nenc bytes to `enc` and plaintext_size + Nt to `out`.
TWOWAY_C_CALL twoway_status twoway_hpke_seal(const twoway_provider* provider, twoway_suite suite,
                                             const uint8_t* public_key, size_t public_key_size,
                                             const uint8_t* info, size_t info_size,
                                             const twoway_hpke_sender_mode* mode, twoway_rng* rng,
                                             const uint8_t* aad, size_t aad_size,
                                             const uint8_t* plaintext, size_t plaintext_size,
                                             uint8_t* enc, size_t enc_capacity, size_t* enc_written,
                                             uint8_t* out, size_t capacity, size_t* written,
                                             twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Opens one message.
TWOWAY_C_CALL twoway_status twoway_hpke_open(const twoway_provider* provider, twoway_suite suite,
                                             const twoway_private_key* key, const uint8_t* enc,
                                             size_t enc_size, const uint8_t* info, size_t info_size,
                                             const twoway_hpke_recipient_mode* mode,
                                             const uint8_t* aad, size_t aad_size,
                                             const uint8_t* ciphertext, size_t ciphertext_size,
                                             uint8_t* out, size_t capacity, size_t* written,
                                             twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Exports one secret to a recipient: writes Nenc bytes to `enc`, and fills `out`.
TWOWAY_C_CALL twoway_status twoway_hpke_send_export(
    const twoway_provider* provider, twoway_suite suite, const uint8_t* public_key,
    size_t public_key_size, const uint8_t* info, size_t info_size,
    const twoway_hpke_sender_mode* mode, twoway_rng* rng, const uint8_t* exporter_context,
    size_t exporter_context_size, uint8_t* enc, size_t enc_capacity, size_t* enc_written,
    uint8_t* out, size_t out_size, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Exports the same secret at the recipient.
TWOWAY_C_CALL twoway_status twoway_hpke_receive_export(
    const twoway_provider* provider, twoway_suite suite, const twoway_private_key* key,
    const uint8_t* enc, size_t enc_size, const uint8_t* info, size_t info_size,
    const twoway_hpke_recipient_mode* mode, const uint8_t* exporter_context,
    size_t exporter_context_size, uint8_t* out, size_t out_size,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
