// Pull streams: a message is sealed or opened as it is read, in bounded memory.
//
// Who needs it: applications whose messages are streams.
#ifndef TWOWAY_C_STREAM_H
#define TWOWAY_C_STREAM_H

#include <twoway/c/multi.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- Sources -----------------------------------------------------------------------------------

/// Gives bytes to one stream. Belongs to one thread at a time.
typedef struct twoway_source twoway_source;

/// A source of the caller's.
typedef struct twoway_source_callbacks {
  size_t size;    ///< sizeof(twoway_source_callbacks)
  void* context;  ///< for the functions below
  /// Writes up to `capacity` bytes, which are at least 1, to `out`, and how many to `*written`.
  /// Waits for the first as long as it takes. No byte is the end. TWOWAY_YES in `*end` says that
  /// these are the last. It is not called after the end. `*written`, `*end` and `*native` are 0
  /// beforehand. It must not use the stream that reads it. Any status but TWOWAY_OK becomes
  /// TWOWAY_SOURCE_FAILED with `*native`, as do more bytes than `capacity`.
  twoway_status (*read)(void* context, uint8_t* out, size_t capacity, size_t* written, int* end,
                        uint64_t* native);
  void (*release)(void* context);
  /// The bytes that it gives in all, if `total_known` is TWOWAY_YES. Fewer are
  /// TWOWAY_SOURCE_FAILED, and more are not asked for.
  uint64_t total;
  int total_known;
} twoway_source_callbacks;

/// Makes a source of callbacks, which it takes over.
TWOWAY_C_CALL twoway_status twoway_source_new(const twoway_source_callbacks* callbacks,
                                              twoway_source** source,
                                              twoway_error* error) TWOWAY_C_NOEXCEPT;

/// A source of bytes in memory. It borrows them, and they must outlive its stream, which seals and
/// opens them straight into the reader's buffer.
TWOWAY_C_CALL twoway_status twoway_source_from_memory(const uint8_t* bytes, size_t size,
                                                      twoway_source** source,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// A source of an open file, pipe or socket, which it borrows and leaves open. The descriptor must
/// block. Failures of the descriptor are TWOWAY_SOURCE_FAILED with errno.
TWOWAY_C_CALL twoway_status twoway_source_from_descriptor(int descriptor, twoway_source** source,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Frees it. The stream that took its content keeps that.
TWOWAY_C_API void twoway_source_free(twoway_source* source) TWOWAY_C_NOEXCEPT;

// --- Streams -----------------------------------------------------------------------------------

/// Options of a stream. NULL in its place stands for the defaults, as does 0 for a member.
typedef struct twoway_stream_options {
  size_t size;                        ///< sizeof(twoway_stream_options)
  const twoway_chunk_limits* limits;  ///< of a chunked message
  /// TWOWAY_YES seals chunks of max_chunk bytes. TWOWAY_NO makes a chunk of each read, so that no
  /// byte waits for later ones. Memory always fills its chunks.
  int full_chunks;
  size_t max_whole;  ///< largest plaintext of a whole message, in bytes (16777216 by default)
} twoway_stream_options;

/// Gives a message that it seals from a source.
///
///   do {
///     status = twoway_seal_stream_read(stream, out, sizeof out, &size, &error);
///     if (status != TWOWAY_OK) break;
///     send(out, size);
///   } while (size != 0);
///
/// The message is complete only when a read has given 0 bytes. A stream that fails or is freed
/// before never gives a last chunk, so that its receiver sees a truncated message.
typedef struct twoway_seal_stream twoway_seal_stream;

/// Writes the next bytes of the message, `capacity` at most. It writes 0 only after the last.
/// `out` overlaps no memory that the source has still to give. Reads are fastest if `out` holds
/// whole chunks (max_sealed_chunk).
///
/// Errors that are final, and that every later call repeats:
///   TWOWAY_SOURCE_FAILED      the source failed, or gave more or less than its total
///   TWOWAY_LIMIT_EXCEEDED     the plaintext outgrows the limits
///   TWOWAY_MESSAGE_LIMIT      there are too many chunks
///   TWOWAY_WRONG_STATE        another process began the message
///   TWOWAY_PROVIDER_FAILURE
/// Errors that change nothing:
///   TWOWAY_INVALID_ARGUMENT   `capacity` is 0, or `out` overlaps the source's memory
TWOWAY_C_CALL twoway_status twoway_seal_stream_read(twoway_seal_stream* stream, uint8_t* out,
                                                    size_t capacity, size_t* written,
                                                    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Returns the number of bytes of the message before its first ciphertext.
TWOWAY_C_API size_t twoway_seal_stream_prefix_size(const twoway_seal_stream* stream)
    TWOWAY_C_NOEXCEPT;

/// Returns the size of the largest chunk that it can give. Of a whole message, all after the
/// header.
TWOWAY_C_API size_t twoway_seal_stream_max_sealed_chunk(const twoway_seal_stream* stream)
    TWOWAY_C_NOEXCEPT;

/// Returns 1 and writes the bytes that reads have still to give, if that is known: the source knows
/// its total, and the message is whole or fills its chunks. Else returns 0 and writes 0.
TWOWAY_C_API int twoway_seal_stream_remaining(const twoway_seal_stream* stream,
                                              uint64_t* remaining) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_seal_stream_free(twoway_seal_stream* stream) TWOWAY_C_NOEXCEPT;

/// Gives the plaintext of a message that it reads from a source.
///
/// All bytes that it gives are authentic. The message is complete only when a read has given 0
/// bytes. A whole message is given only after all of it is found authentic.
typedef struct twoway_open_stream twoway_open_stream;

/// Writes the next bytes of the plaintext, `capacity` at most. It writes 0 only at the
/// authenticated end. `out` overlaps no memory that the source has still to give. Reads are fastest
/// if `out` has max_chunk bytes.
///
/// Errors that are final, and that every later call repeats:
///   TWOWAY_TRUNCATED          the source ended before the message did
///   TWOWAY_OPEN_FAILED        the message was changed
///   TWOWAY_LIMIT_EXCEEDED     the message outgrows the limits
///   TWOWAY_REPLAYED           and the others of the replay filter
///   TWOWAY_SOURCE_FAILED      the source failed
///   TWOWAY_MESSAGE_LIMIT      there are too many chunks
///   TWOWAY_PROVIDER_FAILURE
/// Errors that change nothing:
///   TWOWAY_INVALID_ARGUMENT   `capacity` is 0, or `out` overlaps the source's memory
TWOWAY_C_CALL twoway_status twoway_open_stream_read(twoway_open_stream* stream, uint8_t* out,
                                                    size_t capacity, size_t* written,
                                                    twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_open_stream_free(twoway_open_stream* stream) TWOWAY_C_NOEXCEPT;

// --- Streams of each kind of message -----------------------------------------------------------
//
// Each takes the content of `source`, which then fails with TWOWAY_WRONG_STATE and must still be
// freed. Each stands in the place of the seal, open or chunks function of its object: one of them
// succeeds once, in the form in which the message was begun. Nothing is read before the stream is.
//
// Errors of all, besides those that are named:
//   TWOWAY_WRONG_STATE        the message is sealed or opened already, or the source was taken
//   TWOWAY_INVALID_ARGUMENT   the limits

/// A request, header and `enc` included.
TWOWAY_C_CALL twoway_status twoway_request_sealer_stream(twoway_request_sealer* sealer,
                                                         twoway_source* source,
                                                         const twoway_stream_options* options,
                                                         twoway_seal_stream** stream,
                                                         twoway_error* error) TWOWAY_C_NOEXCEPT;

/// As twoway_request_receiver_begin, reading exactly header and `enc` from `source`, which is at
/// the first byte of the request. The source stays with the caller: give it to the stream of the
/// request's opener. After a failure it lacks the bytes that were read. May also fail with
/// TWOWAY_TRUNCATED and TWOWAY_SOURCE_FAILED.
TWOWAY_C_CALL twoway_status twoway_request_receiver_begin_from(
    const twoway_request_receiver* receiver, twoway_form form, twoway_source* source,
    const twoway_media_types* types, twoway_pending_request** pending,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// The plaintext of a request whose source is behind header and `enc`.
TWOWAY_C_CALL twoway_status twoway_request_opener_stream(twoway_request_opener* opener,
                                                         twoway_source* source,
                                                         const twoway_stream_options* options,
                                                         twoway_open_stream** stream,
                                                         twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes a response of that form, under the form's media type. May also fail with
/// TWOWAY_INVALID_ARGUMENT (the form, the media types), TWOWAY_PROVIDER_FAILURE.
TWOWAY_C_CALL twoway_status twoway_response_sealer_stream(twoway_response_sealer* sealer,
                                                          twoway_form form, twoway_source* source,
                                                          const twoway_media_types* types,
                                                          const twoway_stream_options* options,
                                                          twoway_seal_stream** stream,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Gives the plaintext of a response of that form, from its first byte. The opener stays usable.
/// May also fail with TWOWAY_INVALID_ARGUMENT (the form, the media types).
TWOWAY_C_CALL twoway_status twoway_response_opener_stream(const twoway_response_opener* opener,
                                                          twoway_form form, twoway_source* source,
                                                          const twoway_media_types* types,
                                                          const twoway_stream_options* options,
                                                          twoway_open_stream** stream,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

/// The body of a request to many receivers.
TWOWAY_C_CALL twoway_status twoway_multi_request_sealer_stream(
    twoway_multi_request_sealer* sealer, twoway_source* source,
    const twoway_stream_options* options, twoway_seal_stream** stream,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// The plaintext of such a body, from its first byte.
TWOWAY_C_CALL twoway_status twoway_multi_request_opener_stream(
    twoway_multi_request_opener* opener, twoway_source* source,
    const twoway_stream_options* options, twoway_open_stream** stream,
    twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
