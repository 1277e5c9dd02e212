// The receiver of requests (RFC 9458 section 4.3).
//
// Who needs it: applications, as receivers. Pending requests and chunked request openers are for
// power users.
#ifndef TWOWAY_C_RECEIVER_H
#define TWOWAY_C_RECEIVER_H

#include <twoway/c/key_ring.h>
#include <twoway/c/replay.h>
#include <twoway/c/response.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- Whole requests in one call ----------------------------------------------------------------

/// Opens requests with the keys of a ring. Thread-safe.
typedef struct twoway_request_receiver twoway_request_receiver;

/// Makes a receiver. `rng` draws response nonces, or the provider's generator if it is NULL.
/// `filter` refuses requests that were accepted before, if it is not NULL.
TWOWAY_C_CALL twoway_status twoway_request_receiver_new(twoway_key_ring* ring, twoway_rng* rng,
                                                        twoway_replay_filter* filter,
                                                        twoway_request_receiver** receiver,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_request_receiver_free(twoway_request_receiver* receiver) TWOWAY_C_NOEXCEPT;

/// Opens a whole request: writes its plaintext, which is shorter than `message`, and gives the
/// sealer of its response. The size of the buffer is checked before the key is used. `out` is
/// disjoint from `message`, or starts at its ciphertext. TWOWAY_OPEN_FAILED and refusals wipe the
/// bytes written.
///
/// Errors:
///   TWOWAY_MALFORMED         shorter than a header
///   TWOWAY_UNKNOWN_KEY
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_OPEN_FAILED
///   TWOWAY_KEY_UNAVAILABLE
///   TWOWAY_REPLAYED          and the other errors of the filter
///   TWOWAY_INVALID_ARGUMENT  the media types
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_request_receiver_open(
    const twoway_request_receiver* receiver, const uint8_t* message, size_t message_size,
    const twoway_media_types* types, uint8_t* out, size_t capacity, size_t* written,
    twoway_response_sealer** response_sealer, twoway_error* error) TWOWAY_C_NOEXCEPT;

// --- Two phases, for keys that take their time -------------------------------------------------

/// A request whose header and `enc` were read, and whose key is known. The next step is the private
/// key's operation, in any thread, or elsewhere. Keeps its key alive.
typedef struct twoway_pending_request twoway_pending_request;

/// Opens one request, then gives the sealer of its response.
typedef struct twoway_request_opener twoway_request_opener;

/// Begins to open a request of that form, under the form's media type: reads header and `enc` from
/// the front of `message`, which may be the whole request or its beginning, checks `enc`, and finds
/// the key. A message does not say which form it has: tell it from the media type that came with
/// the message. The functions of its opener for the other form fail with TWOWAY_WRONG_STATE and
/// consume nothing.
///
/// Errors:
///   TWOWAY_MALFORMED         shorter than a header
///   TWOWAY_UNKNOWN_KEY
///   TWOWAY_OPEN_FAILED       shorter than its `enc`, or `enc` is not valid
///   TWOWAY_INVALID_ARGUMENT  the form, the media types
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_request_receiver_begin(const twoway_request_receiver* receiver,
                                                          twoway_form form, const uint8_t* message,
                                                          size_t message_size,
                                                          const twoway_media_types* types,
                                                          twoway_pending_request** pending,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_pending_request_free(twoway_pending_request* pending) TWOWAY_C_NOEXCEPT;

/// Return the key id and the suite of the header, all 0 for NULL.
TWOWAY_C_API uint8_t twoway_pending_request_key_id(const twoway_pending_request* pending)
    TWOWAY_C_NOEXCEPT;
TWOWAY_C_API twoway_suite twoway_pending_request_suite(const twoway_pending_request* pending)
    TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes of the message before its ciphertext: header and `enc`.
TWOWAY_C_API size_t twoway_pending_request_prefix_size(const twoway_pending_request* pending)
    TWOWAY_C_NOEXCEPT;

/// Writes `enc`, TWOWAY_MAX_ENC bytes at most. It is valid: of a DHKEM, the sender's public key for
/// a Diffie-Hellman operation elsewhere. Errors: TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_pending_request_enc(const twoway_pending_request* pending,
                                                       uint8_t* out, size_t capacity,
                                                       size_t* written,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives another handle of the key that it found.
TWOWAY_C_CALL twoway_status twoway_pending_request_key(const twoway_pending_request* pending,
                                                       twoway_private_key** key,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Runs the key's operation in this thread, which may block as long as the key does. A failure
/// leaves the request pending: TWOWAY_KEY_UNAVAILABLE may be tried again.
///
/// Other errors:
///   TWOWAY_OPEN_FAILED       not a valid `enc`
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_pending_request_decapsulate(
    const twoway_pending_request* pending, twoway_request_opener** opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Takes the result of Decap(enc, skR) that was computed elsewhere, as a KMS with KEM keys does,
/// Nsecret bytes. For a raw Diffie-Hellman result use the next function. A wrong one shows as
/// TWOWAY_OPEN_FAILED when the request is opened.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  its length
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_pending_request_complete(const twoway_pending_request* pending,
                                                            const uint8_t* shared_secret,
                                                            size_t shared_secret_size,
                                                            twoway_request_opener** opener,
                                                            twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Takes DH(skR, enc) that was computed elsewhere, Ndh bytes: the shared x coordinate of a NIST
/// curve, or the output of X25519 or X448.
///
/// Errors:
///   TWOWAY_KEY_UNAVAILABLE   another length, or zeros from X25519 or X448
///   TWOWAY_NOT_SUPPORTED     not a DHKEM
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_pending_request_complete_dh(
    const twoway_pending_request* pending, const uint8_t* dh, size_t dh_size,
    twoway_request_opener** opener, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Takes the results of both halves of a hybrid's key (draft-ietf-hpke-pq), which were computed
/// elsewhere. `enc` is ML-KEM's ciphertext (1088 bytes of ML-KEM-768, 1568 of ML-KEM-1024), then a
/// public key of the group. `ml_kem` is the secret that ML-KEM's key decapsulates from the first
/// part, 32 bytes. `dh` is as for twoway_pending_request_complete_dh, with the second part. A wrong
/// one shows as TWOWAY_OPEN_FAILED when the request is opened.
///
/// Errors:
///   TWOWAY_KEY_UNAVAILABLE   another length of either, or zeros from X25519
///   TWOWAY_NOT_SUPPORTED     not a hybrid, or the provider keeps its parts to itself
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_pending_request_complete_hybrid(
    const twoway_pending_request* pending, const uint8_t* ml_kem, size_t ml_kem_size,
    const uint8_t* dh, size_t dh_size, twoway_request_opener** opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_request_opener_free(twoway_request_opener* opener) TWOWAY_C_NOEXCEPT;

/// Returns the size of the plaintext in `ciphertext_size` bytes after the prefix, or 0 if they are
/// too few.
TWOWAY_C_API size_t twoway_request_opener_opened_size(const twoway_request_opener* opener,
                                                      size_t ciphertext_size) TWOWAY_C_NOEXCEPT;

/// Writes the plaintext of `ciphertext`, the message after its prefix. `out` is `ciphertext` itself
/// or disjoint from it. TWOWAY_OPEN_FAILED and refusals of the replay filter wipe the bytes
/// written, which in place destroys the message. It succeeds once, then fails with
/// TWOWAY_WRONG_STATE.
///
/// Other errors:
///   TWOWAY_REPLAYED          and the other errors of the filter
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_request_opener_open(twoway_request_opener* opener,
                                                       const uint8_t* ciphertext,
                                                       size_t ciphertext_size, uint8_t* out,
                                                       size_t capacity, size_t* written,
                                                       twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the opener of a chunked request after its prefix. It succeeds once, then fails with
/// TWOWAY_WRONG_STATE. Limits that are not valid are TWOWAY_INVALID_ARGUMENT, and it consumes
/// nothing.
TWOWAY_C_CALL twoway_status twoway_request_opener_chunk_opener(
    twoway_request_opener* opener, const twoway_chunk_limits* limits,
    twoway_chunk_opener** chunk_opener, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the sealer of the response, once. It fails with TWOWAY_WRONG_STATE before a whole request,
/// or the first chunk of a chunked one, is opened, because an unauthenticated request gets no
/// response.
TWOWAY_C_CALL twoway_status twoway_request_opener_response_sealer(
    twoway_request_opener* opener, twoway_response_sealer** sealer,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

// --- Chunked requests from their first byte ----------------------------------------------------

/// Opens a chunked request that is pushed from its first byte, as twoway_chunk_opener does. After
/// header and `enc` it gives TWOWAY_CHUNK_NEED_KEY, and consumes nothing until it has its key. The
/// caller keeps the bytes that are not consumed.
typedef struct twoway_chunked_request_opener twoway_chunked_request_opener;

/// Makes such an opener. Fails with TWOWAY_INVALID_ARGUMENT for wrong media types or limits.
TWOWAY_C_CALL twoway_status twoway_request_receiver_chunked_opener(
    const twoway_request_receiver* receiver, const twoway_media_types* types,
    const twoway_chunk_limits* limits, twoway_chunked_request_opener** opener,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_chunked_request_opener_free(twoway_chunked_request_opener* opener)
    TWOWAY_C_NOEXCEPT;

/// As twoway_chunk_opener_output_size, but 0 before the key is there.
TWOWAY_C_API size_t twoway_chunked_request_opener_output_size(
    const twoway_chunked_request_opener* opener, size_t input_size) TWOWAY_C_NOEXCEPT;

/// As twoway_chunk_opener_open and _open_in_place. May also fail with the errors of
/// twoway_request_receiver_begin, which are final.
TWOWAY_C_CALL twoway_status twoway_chunked_request_opener_open(
    twoway_chunked_request_opener* opener, const uint8_t* in, size_t in_size, int end, uint8_t* out,
    size_t capacity, size_t* consumed, size_t* written, twoway_chunk_state* state,
    twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_CALL twoway_status twoway_chunked_request_opener_open_in_place(
    twoway_chunked_request_opener* opener, uint8_t* in, size_t in_size, int end, size_t* consumed,
    const uint8_t** plaintext, size_t* plaintext_size, twoway_chunk_state* state,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the request that needs its key, for an operation elsewhere.
///
/// Errors:
///   TWOWAY_WRONG_STATE  before TWOWAY_CHUNK_NEED_KEY
TWOWAY_C_CALL twoway_status twoway_chunked_request_opener_pending(
    const twoway_chunked_request_opener* opener, twoway_pending_request** pending,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Continues with the opener from the pending request. Takes the content of `key`, which then fails
/// with TWOWAY_WRONG_STATE and must still be freed.
///
/// Errors:
///   TWOWAY_WRONG_STATE  no key is needed, or `key` has opened something (`key` is then as before)
TWOWAY_C_CALL twoway_status twoway_chunked_request_opener_give_key(
    twoway_chunked_request_opener* opener, twoway_request_opener* key,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Does all of that in this thread: pending, decapsulate, give_key. Fails with the errors of
/// twoway_pending_request_decapsulate, after which it may be tried again, and with
/// TWOWAY_WRONG_STATE.
TWOWAY_C_CALL twoway_status twoway_chunked_request_opener_decapsulate(
    twoway_chunked_request_opener* opener, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// As twoway_request_opener_response_sealer.
TWOWAY_C_CALL twoway_status twoway_chunked_request_opener_response_sealer(
    twoway_chunked_request_opener* opener, twoway_response_sealer** sealer,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
