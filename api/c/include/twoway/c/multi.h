// One request to many receivers. The body is sealed once, and each receiver gets a small message
// with the body's key, and responds for itself. The format is that of the Go package twoway, and no
// RFC describes it. It does not protect the body from its receivers: each holds the body's key, so
// any of them can forge a body that the others open with the sender's own key messages. Nor does it
// bind the nonce of a chunked body: anyone on the way can leave out or reorder chunks
// (docs/security.md). Responses are private.
//
// Who needs it: applications that send or receive one-to-many requests.
#ifndef TWOWAY_C_MULTI_H
#define TWOWAY_C_MULTI_H

#include <twoway/c/receiver.h>
#include <twoway/c/sender.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- The sender's side -------------------------------------------------------------------------

/// Begins requests to many receivers whose suites have one AEAD. Thread-safe.
typedef struct twoway_multi_request_sender twoway_multi_request_sender;

/// One request on its way: seals its body once, and gives each receiver its key. Holds the body's
/// key until it is freed.
typedef struct twoway_multi_request_sealer twoway_multi_request_sealer;

/// Makes a sender. `aead` is that of the receivers' suites. Bodies of AES-128-GCM suites are sealed
/// with AES-256-GCM. `rng` gives the body's key (32 bytes) and nonce, then each receiver's
/// randomness. NULL is the provider's generator. Fails with TWOWAY_NOT_SUPPORTED.
TWOWAY_C_CALL twoway_status twoway_multi_request_sender_new(const twoway_provider* provider,
                                                            uint16_t aead, twoway_rng* rng,
                                                            twoway_multi_request_sender** sender,
                                                            twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_multi_request_sender_free(twoway_multi_request_sender* sender)
    TWOWAY_C_NOEXCEPT;

/// Begins a request whose body has that form, under the form's media type. The functions of its
/// sealer for the other form fail with TWOWAY_WRONG_STATE and consume nothing.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  the form, the media types
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_multi_request_sender_begin(
    const twoway_multi_request_sender* sender, twoway_form form, const twoway_media_types* types,
    twoway_multi_request_sealer** sealer, twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_multi_request_sealer_free(twoway_multi_request_sealer* sealer)
    TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes of the body before its ciphertext: its nonce.
TWOWAY_C_API size_t twoway_multi_request_sealer_prefix_size(
    const twoway_multi_request_sealer* sealer) TWOWAY_C_NOEXCEPT;

/// Writes these bytes, with which a chunked body starts. Fails with TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_multi_request_sealer_prefix(
    const twoway_multi_request_sealer* sealer, uint8_t* out, size_t capacity, size_t* written,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Returns the size of a whole body for `plaintext_size` bytes.
TWOWAY_C_API size_t twoway_multi_request_sealer_sealed_size(
    const twoway_multi_request_sealer* sealer, size_t plaintext_size) TWOWAY_C_NOEXCEPT;

/// Writes the whole body with its prefix, sealed_size bytes. `plaintext` is disjoint from `out` or
/// starts prefix_size bytes into it. It succeeds once, then fails with TWOWAY_WRONG_STATE.
///
/// Other errors:
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_multi_request_sealer_seal(twoway_multi_request_sealer* sealer,
                                                             const uint8_t* plaintext,
                                                             size_t plaintext_size, uint8_t* out,
                                                             size_t capacity, size_t* written,
                                                             twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the sealer of the body in chunks, to follow its prefix. It succeeds once, then fails with
/// TWOWAY_WRONG_STATE. Limits that are not valid are TWOWAY_INVALID_ARGUMENT, and it consumes
/// nothing.
TWOWAY_C_CALL twoway_status twoway_multi_request_sealer_chunk_sealer(
    twoway_multi_request_sealer* sealer, const twoway_chunk_limits* limits,
    twoway_chunk_sealer** chunk_sealer, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Returns the size of the message that gives the body's key to the receiver that `to` sends to.
TWOWAY_C_API size_t twoway_multi_request_sealer_key_size(
    const twoway_multi_request_sealer* sealer, const twoway_request_sender* to) TWOWAY_C_NOEXCEPT;

/// Writes that message, key_size bytes, and gives the opener of the receiver's response. May be
/// called before, during or after the sealing, by several threads at once. KEMs and providers may
/// differ from one receiver to the next.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  a suite with another AEAD
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_multi_request_sealer_encapsulate_key(
    const twoway_multi_request_sealer* sealer, const twoway_request_sender* to, uint8_t* out,
    size_t capacity, size_t* written, twoway_response_opener** response_opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

// --- A receiver's side -------------------------------------------------------------------------

/// Opens requests to many receivers with the keys of a ring. Thread-safe.
typedef struct twoway_multi_request_receiver twoway_multi_request_receiver;

/// Makes a receiver, as twoway_request_receiver_new does. The filter is asked, for the key
/// message's key id and `enc`, once the body's first text is authentic.
TWOWAY_C_CALL twoway_status twoway_multi_request_receiver_new(
    twoway_key_ring* ring, twoway_rng* rng, twoway_replay_filter* filter,
    twoway_multi_request_receiver** receiver, twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_multi_request_receiver_free(twoway_multi_request_receiver* receiver)
    TWOWAY_C_NOEXCEPT;

/// Opens a key message and a whole body. Writes the plaintext, which is shorter than `body`, and
/// gives the sealer of this receiver's response. `out` is disjoint from both, or starts at the
/// ciphertext in `body`. Fails with the errors of begin, decapsulate and open.
TWOWAY_C_CALL twoway_status twoway_multi_request_receiver_open(
    const twoway_multi_request_receiver* receiver, const uint8_t* key_message,
    size_t key_message_size, const uint8_t* body, size_t body_size, const twoway_media_types* types,
    uint8_t* out, size_t capacity, size_t* written, twoway_response_sealer** response_sealer,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// A key message whose header and `enc` were read, and whose key is known.
typedef struct twoway_pending_multi_request twoway_pending_multi_request;

/// Opens the body of one request, then gives the sealer of this receiver's response.
typedef struct twoway_multi_request_opener twoway_multi_request_opener;

/// Begins to open a request whose body has that form, under the form's media type: reads a whole
/// key message and finds the key. The body is not needed yet. The functions of its opener for the
/// other form fail with TWOWAY_WRONG_STATE and consume nothing.
///
/// Errors:
///   TWOWAY_MALFORMED         shorter than a header
///   TWOWAY_UNKNOWN_KEY
///   TWOWAY_OPEN_FAILED       of another length than a key message has
///   TWOWAY_INVALID_ARGUMENT  the form, the media types
///   TWOWAY_NOT_SUPPORTED     the provider lacks the body's AEAD
TWOWAY_C_CALL twoway_status twoway_multi_request_receiver_begin(
    const twoway_multi_request_receiver* receiver, twoway_form form, const uint8_t* key_message,
    size_t key_message_size, const twoway_media_types* types,
    twoway_pending_multi_request** pending, twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_pending_multi_request_free(twoway_pending_multi_request* pending)
    TWOWAY_C_NOEXCEPT;

/// As the functions of twoway_pending_request.
TWOWAY_C_API uint8_t
twoway_pending_multi_request_key_id(const twoway_pending_multi_request* pending) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API twoway_suite
twoway_pending_multi_request_suite(const twoway_pending_multi_request* pending) TWOWAY_C_NOEXCEPT;
TWOWAY_C_CALL twoway_status twoway_pending_multi_request_enc(
    const twoway_pending_multi_request* pending, uint8_t* out, size_t capacity, size_t* written,
    twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_CALL twoway_status
twoway_pending_multi_request_key(const twoway_pending_multi_request* pending,
                                 twoway_private_key** key, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// As the functions of twoway_pending_request. Each opens the body's key as well, so
/// TWOWAY_OPEN_FAILED also means a key message that is not authentic, or a wrong secret.
TWOWAY_C_CALL twoway_status twoway_pending_multi_request_decapsulate(
    const twoway_pending_multi_request* pending, twoway_multi_request_opener** opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_CALL twoway_status twoway_pending_multi_request_complete(
    const twoway_pending_multi_request* pending, const uint8_t* shared_secret,
    size_t shared_secret_size, twoway_multi_request_opener** opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_CALL twoway_status twoway_pending_multi_request_complete_dh(
    const twoway_pending_multi_request* pending, const uint8_t* dh, size_t dh_size,
    twoway_multi_request_opener** opener, twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_CALL twoway_status twoway_pending_multi_request_complete_hybrid(
    const twoway_pending_multi_request* pending, const uint8_t* ml_kem, size_t ml_kem_size,
    const uint8_t* dh, size_t dh_size, twoway_multi_request_opener** opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_multi_request_opener_free(twoway_multi_request_opener* opener)
    TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes of the body before its ciphertext, for opening in place.
TWOWAY_C_API size_t twoway_multi_request_opener_prefix_size(
    const twoway_multi_request_opener* opener) TWOWAY_C_NOEXCEPT;

/// Returns the size of the plaintext in a whole body of `body_size` bytes, or 0 if it is too short.
TWOWAY_C_API size_t twoway_multi_request_opener_opened_size(
    const twoway_multi_request_opener* opener, size_t body_size) TWOWAY_C_NOEXCEPT;

/// Writes the plaintext of the whole body, opened_size bytes. `out` is disjoint from `body` or
/// starts prefix_size bytes into it. TWOWAY_OPEN_FAILED and refusals of the replay filter wipe the
/// bytes written, which in place destroys the body. A failure consumes nothing: another body may be
/// tried. It succeeds once, then fails with TWOWAY_WRONG_STATE.
///
/// Other errors:
///   TWOWAY_REPLAYED          and the other errors of the filter
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_multi_request_opener_open(twoway_multi_request_opener* opener,
                                                             const uint8_t* body, size_t body_size,
                                                             uint8_t* out, size_t capacity,
                                                             size_t* written,
                                                             twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the opener of a body in chunks from its first byte. It succeeds once, then fails with
/// TWOWAY_WRONG_STATE. Limits that are not valid are TWOWAY_INVALID_ARGUMENT, and it consumes
/// nothing.
TWOWAY_C_CALL twoway_status twoway_multi_request_opener_chunk_opener(
    twoway_multi_request_opener* opener, const twoway_chunk_limits* limits,
    twoway_chunk_opener** chunk_opener, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the sealer of this receiver's response, once. It fails with TWOWAY_WRONG_STATE before a
/// whole body is opened, or the first chunk of a chunked one.
TWOWAY_C_CALL twoway_status twoway_multi_request_opener_response_sealer(
    twoway_multi_request_opener* opener, twoway_response_sealer** sealer,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
