// The sender of requests (RFC 9458 section 4.3).
//
// Who needs it: applications, as senders.
#ifndef TWOWAY_C_SENDER_H
#define TWOWAY_C_SENDER_H

#include <twoway/c/response.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Seals requests to one receiver. Thread-safe.
typedef struct twoway_request_sender twoway_request_sender;

/// Makes a sender to the first usable key of a list of media type application/ohttp-keys: one fixed
/// rule, because the choice would tell senders apart otherwise. Ephemeral keys are drawn from `rng`
/// (RFC 9180 section 4, DeriveKeyPair(random(Nsk))), or by the provider if it is NULL. If the KEM
/// takes none from outside, requests then fail with TWOWAY_NOT_SUPPORTED.
///
/// Errors:
///   TWOWAY_MALFORMED
///   TWOWAY_NOT_SUPPORTED  nothing there is usable
///   TWOWAY_INVALID_KEY
TWOWAY_C_CALL twoway_status twoway_request_sender_new(const twoway_provider* provider,
                                                      const uint8_t* key_configs,
                                                      size_t key_configs_size, twoway_rng* rng,
                                                      twoway_request_sender** sender,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes a sender to one known key in one suite.
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED
///   TWOWAY_INVALID_KEY
TWOWAY_C_CALL twoway_status twoway_request_sender_new_to_key(
    const twoway_provider* provider, uint8_t key_id, twoway_suite suite, const uint8_t* public_key,
    size_t public_key_size, twoway_rng* rng, twoway_request_sender** sender,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_request_sender_free(twoway_request_sender* sender) TWOWAY_C_NOEXCEPT;

/// Returns the id of the key that it sends to, and the suite, all 0 for NULL.
TWOWAY_C_API uint8_t twoway_request_sender_key_id(const twoway_request_sender* sender)
    TWOWAY_C_NOEXCEPT;
TWOWAY_C_API twoway_suite twoway_request_sender_suite(const twoway_request_sender* sender)
    TWOWAY_C_NOEXCEPT;

/// Returns the size of a whole request for `plaintext_size` bytes.
TWOWAY_C_API size_t twoway_request_sender_sealed_size(const twoway_request_sender* sender,
                                                      size_t plaintext_size) TWOWAY_C_NOEXCEPT;

/// Writes a whole request, sealed_size bytes, and gives the opener of its response. The receiver
/// must name the same media types. `plaintext` is disjoint from `out`, or starts at the place of
/// its ciphertext, after header and `enc`.
///
/// Errors:
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_INVALID_ARGUMENT  the media types
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_request_sender_seal(
    const twoway_request_sender* sender, const uint8_t* plaintext, size_t plaintext_size,
    const twoway_media_types* types, uint8_t* out, size_t capacity, size_t* written,
    twoway_response_opener** response_opener, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// One request that has begun.
typedef struct twoway_request_sealer twoway_request_sealer;

/// Begins a request of that form, under the form's media type. The functions of its sealer for the
/// other form fail with TWOWAY_WRONG_STATE and consume nothing.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  the form, the media types
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_request_sender_begin(const twoway_request_sender* sender,
                                                        twoway_form form,
                                                        const twoway_media_types* types,
                                                        twoway_request_sealer** sealer,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_request_sealer_free(twoway_request_sealer* sealer) TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes of the request before its ciphertext: header and `enc`.
TWOWAY_C_API size_t twoway_request_sealer_prefix_size(const twoway_request_sealer* sealer)
    TWOWAY_C_NOEXCEPT;

/// Writes these bytes, with which a chunked request starts. Fails with TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_request_sealer_prefix(const twoway_request_sealer* sealer,
                                                         uint8_t* out, size_t capacity,
                                                         size_t* written,
                                                         twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Returns the size of the whole request for `plaintext_size` bytes.
TWOWAY_C_API size_t twoway_request_sealer_sealed_size(const twoway_request_sealer* sealer,
                                                      size_t plaintext_size) TWOWAY_C_NOEXCEPT;

/// Writes the whole request with its prefix, sealed_size bytes. `plaintext` is disjoint from `out`
/// or starts prefix_size bytes into it. It succeeds once, then fails with TWOWAY_WRONG_STATE.
///
/// Other errors:
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_request_sealer_seal(twoway_request_sealer* sealer,
                                                       const uint8_t* plaintext,
                                                       size_t plaintext_size, uint8_t* out,
                                                       size_t capacity, size_t* written,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the sealer of the request in chunks, to follow its prefix (Chunked OHTTP section 6.1). It
/// succeeds once, then fails with TWOWAY_WRONG_STATE. Limits that are not valid are
/// TWOWAY_INVALID_ARGUMENT, and it consumes nothing.
TWOWAY_C_CALL twoway_status twoway_request_sealer_chunk_sealer(
    twoway_request_sealer* sealer, const twoway_chunk_limits* limits,
    twoway_chunk_sealer** chunk_sealer, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives an opener of the response to this request, which may arrive before the request has ended.
TWOWAY_C_CALL twoway_status twoway_request_sealer_response_opener(
    const twoway_request_sealer* sealer, twoway_response_opener** opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
