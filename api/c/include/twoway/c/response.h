// The response leg of an exchange (RFC 9458 section 4.4): sealed by the receiver of a request,
// opened by its sender.
//
// Who needs it: applications, on both sides.
#ifndef TWOWAY_C_RESPONSE_H
#define TWOWAY_C_RESPONSE_H

#include <twoway/c/chunks.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- The sender's side -------------------------------------------------------------------------

/// Opens the response to one request. Comes with the request. The functions that take it const may
/// be called by several threads at once.
typedef struct twoway_response_opener twoway_response_opener;

TWOWAY_C_API void twoway_response_opener_free(twoway_response_opener* opener) TWOWAY_C_NOEXCEPT;

/// Returns the size of the plaintext in a whole response of `message_size` bytes, or 0 if it is too
/// short.
TWOWAY_C_API size_t twoway_response_opener_opened_size(const twoway_response_opener* opener,
                                                       size_t message_size) TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes of a response before its ciphertext, for opening in place.
TWOWAY_C_API size_t twoway_response_opener_prefix_size(const twoway_response_opener* opener)
    TWOWAY_C_NOEXCEPT;

/// Writes the plaintext of a whole response, opened_size bytes. `out` is disjoint from `message` or
/// starts prefix_size bytes into it. `types` are the sealer's. TWOWAY_OPEN_FAILED (another
/// request's response, another media type, changed bytes) wipes the bytes written, which in place
/// destroys the message. A failure consumes nothing: a genuine response can still be opened.
///
/// Other errors:
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_INVALID_ARGUMENT  the media types
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_response_opener_open(const twoway_response_opener* opener,
                                                        const uint8_t* message, size_t message_size,
                                                        const twoway_media_types* types,
                                                        uint8_t* out, size_t capacity,
                                                        size_t* written,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the opener of a chunked response from its first byte (Chunked OHTTP section 6.2). Errors:
/// TWOWAY_INVALID_ARGUMENT (the media types, the limits).
TWOWAY_C_CALL twoway_status twoway_response_opener_chunk_opener(
    const twoway_response_opener* opener, const twoway_media_types* types,
    const twoway_chunk_limits* limits, twoway_chunk_opener** chunk_opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the opener's state, from which another process may open the response: versioned, bound to
/// the suite, and as secret as the response. Errors: TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_response_opener_export_secret_state(
    const twoway_response_opener* opener, uint8_t* out, size_t capacity, size_t* written,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives an opener from such a state.
///
/// Errors:
///   TWOWAY_MALFORMED      no such state, or a sealer's
///   TWOWAY_NOT_SUPPORTED  the provider lacks its suite
TWOWAY_C_CALL twoway_status twoway_response_opener_restore(const twoway_provider* provider,
                                                           const uint8_t* state, size_t state_size,
                                                           twoway_response_opener** opener,
                                                           twoway_error* error) TWOWAY_C_NOEXCEPT;

// --- The receiver's side -----------------------------------------------------------------------

/// Seals the one response to a request.
typedef struct twoway_response_sealer twoway_response_sealer;

TWOWAY_C_API void twoway_response_sealer_free(twoway_response_sealer* sealer) TWOWAY_C_NOEXCEPT;

/// Returns the size of a whole response to `plaintext_size` bytes.
TWOWAY_C_API size_t twoway_response_sealer_sealed_size(const twoway_response_sealer* sealer,
                                                       size_t plaintext_size) TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes of a response before its ciphertext, for chunk_sealer and for
/// sealing in place.
TWOWAY_C_API size_t twoway_response_sealer_prefix_size(const twoway_response_sealer* sealer)
    TWOWAY_C_NOEXCEPT;

/// Writes the whole response, sealed_size bytes. `plaintext` is disjoint from `out` or starts
/// prefix_size bytes into it. A request has one response: it succeeds once, then fails with
/// TWOWAY_WRONG_STATE.
///
/// Other errors:
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_INVALID_ARGUMENT  the media types
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_response_sealer_seal(
    twoway_response_sealer* sealer, const uint8_t* plaintext, size_t plaintext_size,
    const twoway_media_types* types, uint8_t* out, size_t capacity, size_t* written,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Begins a chunked response in place of a whole one. Writes its prefix, prefix_size bytes, and
/// gives the sealer of its chunks. It succeeds once, then fails with TWOWAY_WRONG_STATE.
///
/// Other errors:
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_INVALID_ARGUMENT  the media types, the limits
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_response_sealer_chunk_sealer(
    twoway_response_sealer* sealer, const twoway_media_types* types,
    const twoway_chunk_limits* limits, uint8_t* out, size_t capacity, size_t* written,
    twoway_chunk_sealer** chunk_sealer, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the sealer's state, from which another process may seal the response instead of this one.
/// It is versioned, bound to the suite, and as secret as the response.
///
/// Errors:
///   TWOWAY_WRONG_STATE       a response is sealed already
///   TWOWAY_BUFFER_TOO_SMALL
TWOWAY_C_CALL twoway_status twoway_response_sealer_export_secret_state(
    const twoway_response_sealer* sealer, uint8_t* out, size_t capacity, size_t* written,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes a sealer from such a state, with the provider's generator. Restore a state once, because
/// two sealers would seal two responses.
///
/// Errors:
///   TWOWAY_MALFORMED      no such state, or an opener's
///   TWOWAY_NOT_SUPPORTED  the provider lacks its suite
TWOWAY_C_CALL twoway_status twoway_response_sealer_restore(const twoway_provider* provider,
                                                           const uint8_t* state, size_t state_size,
                                                           twoway_response_sealer** sealer,
                                                           twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
