// The chunks of a message (Chunked OHTTP, draft-ietf-ohai-chunked-ohttp-08, sections 3, 6.1 and
// 6.2): sealed and opened one at a time, in bounded memory.
//
// Who needs it: applications whose messages are chunked.
#ifndef TWOWAY_C_CHUNKS_H
#define TWOWAY_C_CHUNKS_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The values of an `int` that is named `last` or `end`. Any value but 0 is yes.
enum { TWOWAY_NO = 0, TWOWAY_YES = 1 };

// --- Sealing -----------------------------------------------------------------------------------

/// Seals the chunks of one message, which follow its prefix. Comes from
/// twoway_request_sealer_chunk_sealer, twoway_response_sealer_chunk_sealer or
/// twoway_multi_request_sealer_chunk_sealer.
typedef struct twoway_chunk_sealer twoway_chunk_sealer;

/// Frees it. A message whose last chunk was not sealed stays truncated.
TWOWAY_C_API void twoway_chunk_sealer_free(twoway_chunk_sealer* sealer) TWOWAY_C_NOEXCEPT;

/// Returns the size of a whole chunk of `plaintext_size` bytes.
TWOWAY_C_API size_t twoway_chunk_sealer_sealed_size(const twoway_chunk_sealer* sealer,
                                                    size_t plaintext_size,
                                                    int last) TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes of that before its ciphertext: its length. For sealing in place.
TWOWAY_C_API size_t twoway_chunk_sealer_prefix_size(const twoway_chunk_sealer* sealer,
                                                    size_t plaintext_size,
                                                    int last) TWOWAY_C_NOEXCEPT;

/// Returns the size of the largest chunk that it can give.
TWOWAY_C_API size_t twoway_chunk_sealer_max_sealed_size(const twoway_chunk_sealer* sealer)
    TWOWAY_C_NOEXCEPT;

/// Writes one chunk, sealed_size bytes. `plaintext` is disjoint from `out`, or starts prefix_size
/// bytes into it. Only the last chunk may be empty, and text may ride in it.
///
/// Errors, of which all but TWOWAY_PROVIDER_FAILURE leave the sealer as it was:
///   TWOWAY_INVALID_ARGUMENT  an empty chunk that is not the last
///   TWOWAY_LIMIT_EXCEEDED
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_MESSAGE_LIMIT
///   TWOWAY_WRONG_STATE       after the last chunk, or after a TWOWAY_PROVIDER_FAILURE
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_chunk_sealer_seal(twoway_chunk_sealer* sealer,
                                                     const uint8_t* plaintext,
                                                     size_t plaintext_size, int last, uint8_t* out,
                                                     size_t capacity, size_t* written,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Returns 1 once the last chunk is sealed, else 0: without it the message is truncated.
TWOWAY_C_API int twoway_chunk_sealer_finished(const twoway_chunk_sealer* sealer) TWOWAY_C_NOEXCEPT;

// --- Opening -----------------------------------------------------------------------------------

/// The outcome of one step of an opener.
typedef int32_t twoway_chunk_state;
enum {
  TWOWAY_CHUNK_NEED_INPUT = 0,  ///< all input is consumed, and more is needed
  TWOWAY_CHUNK_NEED_KEY = 1,    ///< of a request's opener: it waits for its key
  TWOWAY_CHUNK_OPENED = 2,      ///< a chunk that is not the last was opened: call again
  TWOWAY_CHUNK_DONE = 3  ///< the last chunk was opened: the message is complete and authentic
};

/// Opens the chunks of one message from an input in pieces of any size. Comes from
/// twoway_response_opener_chunk_opener, twoway_request_opener_chunk_opener or
/// twoway_multi_request_opener_chunk_opener.
///
///   do {
///     status = twoway_chunk_opener_open(opener, in, in_size, end, plaintext, sizeof plaintext,
///                                       &consumed, &written, &state, &error);
///     if (status != TWOWAY_OK) break;
///     use(plaintext, written);
///     in += consumed, in_size -= consumed;
///     if (state == TWOWAY_CHUNK_NEED_INPUT) get the next `in`, or set `end`
///   } while (state != TWOWAY_CHUNK_DONE);
typedef struct twoway_chunk_opener twoway_chunk_opener;

TWOWAY_C_API void twoway_chunk_opener_free(twoway_chunk_opener* opener) TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes that `out` needs for an input of this size, at most `max_chunk` of
/// the limits.
TWOWAY_C_API size_t twoway_chunk_opener_output_size(const twoway_chunk_opener* opener,
                                                    size_t input_size) TWOWAY_C_NOEXCEPT;

/// Opens at most one chunk of `in`, the input after the consumed bytes. `end` says that it reaches
/// the end of the message. Writes the chunk's plaintext to `out`, to `*consumed` how many bytes of
/// `in` must not be given again, and the outcome to `*state`. Keeps of a chunk that comes in pieces
/// at most max_chunk and a tag.
///
/// Plaintext is authentic when it is written. The message is complete only with TWOWAY_CHUNK_DONE.
///
/// Errors that are final, and that every later call repeats:
///   TWOWAY_TRUNCATED         `end` came before the last chunk did
///   TWOWAY_OPEN_FAILED       a chunk was changed, dropped, repeated or moved, is too short, or is
///                            empty and not the last
///   TWOWAY_LIMIT_EXCEEDED    known before the chunk is kept
///   TWOWAY_MESSAGE_LIMIT
///   TWOWAY_REPLAYED          and the other errors of the filter
///   TWOWAY_PROVIDER_FAILURE
/// Errors that consume nothing:
///   TWOWAY_BUFFER_TOO_SMALL  its `*written` is output_size
///   TWOWAY_WRONG_STATE       after TWOWAY_CHUNK_DONE
TWOWAY_C_CALL twoway_status twoway_chunk_opener_open(twoway_chunk_opener* opener, const uint8_t* in,
                                                     size_t in_size, int end, uint8_t* out,
                                                     size_t capacity, size_t* consumed,
                                                     size_t* written, twoway_chunk_state* state,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Opens a chunk without an output. The plaintext is written over its ciphertext in `in`, or is in
/// the opener until its next call. Writes its place to `*plaintext` and `*plaintext_size`. A
/// failure destroys the chunk.
TWOWAY_C_CALL twoway_status twoway_chunk_opener_open_in_place(
    twoway_chunk_opener* opener, uint8_t* in, size_t in_size, int end, size_t* consumed,
    const uint8_t** plaintext, size_t* plaintext_size, twoway_chunk_state* state,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
