// Shared by all of the C interface: its rules, statuses and errors, algorithm ids, callbacks.
//
// Objects. A handle comes from a function that ends in `_new`, `_open` or that has a `**` argument
// at its end, and goes to the `_free` function of its type, which accepts NULL. Handles may be
// freed in any order: an object keeps the others that it needs alive, and copies the bytes, strings
// and structs that it was given. Two things are borrowed. The memory of twoway_source_from_memory
// must outlive its stream. Providers must outlive all objects. Those of the providers' own headers
// are never destroyed unless their function says otherwise.
//
// Spans. Bytes to read are a pointer and a size. NULL is an empty span if the size is 0. Strings
// end in a zero byte. Memory that a call writes overlaps none that it reads, unless the call's
// comment allows it for work in place. Any other overlap is TWOWAY_INVALID_ARGUMENT, and the call
// consumes nothing.
//
// Outputs. Bytes to write are a pointer, a capacity, and `*written`: the number of bytes written,
// or 0 after a failure. If the buffer is too small, the call fails with TWOWAY_BUFFER_TOO_SMALL,
// writes the size that is needed to `*written`, and consumes nothing: the same call may be made
// again. So a call with no room (NULL and 0) asks for the size. A size function is the cheaper way.
// Handles that a failed call would have given are NULL.
//
// Errors. Functions that can fail return a twoway_status, and say more in `*error` if that is not
// NULL. A NULL handle, span with a size, or output is TWOWAY_INVALID_ARGUMENT, which is not
// repeated at each function. Functions that return a size or another value return 0 for a NULL
// handle. After a failure every handle is as it was before the call, unless the call's comment says
// that the failure is final. Nothing is kept per thread or per process. Running out of memory ends
// the process.
//
// Threads. Keys, key rings, senders, receivers, replay filters and random generators may be shared
// between threads. Message objects (sealers, openers, pending requests, sources, streams, HPKE
// contexts) belong to one thread at a time. Callbacks are called in the threads that call the
// library, several at once if their object is shared. They must not throw, and must not free an
// object that is in use. A sealer also belongs to the process that began it: in a forked child
// every sealing function fails with TWOWAY_WRONG_STATE.
//
// Stability. Symbols carry the version TWOWAY_1. Within it no function, struct member or number
// changes its meaning, but more of them may be added. `docs/c.md` lists the guarantees.
//
// Who needs it: applications. Callbacks are for power users.
#ifndef TWOWAY_C_TYPES_H
#define TWOWAY_C_TYPES_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define TWOWAY_C_API __attribute__((visibility("default")))
#define TWOWAY_C_CALL __attribute__((visibility("default"), warn_unused_result))
#else
#define TWOWAY_C_API
#define TWOWAY_C_CALL
#endif

#ifdef __cplusplus
#define TWOWAY_C_NOEXCEPT noexcept
extern "C" {
#else
#define TWOWAY_C_NOEXCEPT
#endif

// --- Statuses and errors -----------------------------------------------------------------------

/// The end of a call. More numbers may be added: treat an unknown one as a failure.
typedef int32_t twoway_status;

enum {
  TWOWAY_OK = 0,
  TWOWAY_INVALID_ARGUMENT = 1,   ///< the arguments break a documented rule
  TWOWAY_BUFFER_TOO_SMALL = 2,   ///< an output buffer is too small
  TWOWAY_WRONG_STATE = 3,        ///< the object has done its work, has failed, or is in use
  TWOWAY_NOT_SUPPORTED = 4,      ///< the provider, key or mode lacks the algorithm or operation
  TWOWAY_INVALID_KEY = 5,        ///< key bytes of the wrong length, off the curve or out of range
  TWOWAY_MALFORMED = 6,          ///< not a header, key configuration, key file or state
  TWOWAY_UNKNOWN_KEY = 7,        ///< a request names a key id or suite that is not held
  TWOWAY_OPEN_FAILED = 8,        ///< a sealed message, or its `enc`, is not authentic
  TWOWAY_KEY_UNAVAILABLE = 9,    ///< a valid request reached a private key, and the key failed
  TWOWAY_MESSAGE_LIMIT = 10,     ///< the sequence number is used up: start another message
  TWOWAY_LIMIT_EXCEEDED = 11,    ///< a chunk or message would exceed a limit
  TWOWAY_TRUNCATED = 12,         ///< the input ended before the authenticated end of the message
  TWOWAY_REPLAYED = 13,          ///< the same request was accepted before
  TWOWAY_SOURCE_FAILED = 14,     ///< the source of a stream failed
  TWOWAY_PROVIDER_FAILURE = 15,  ///< the crypto library or the random generator failed
  TWOWAY_FILTER_FULL = 16        ///< a replay filter has no room for another request
};

/// Returns a stable, lower-case name such as "open_failed" ("ok" for TWOWAY_OK, "unknown" for a
/// number that is not a status). The string is never freed.
TWOWAY_C_API const char* twoway_status_name(twoway_status status) TWOWAY_C_NOEXCEPT;

/// Says more than a status. The caller owns it and need not initialise it. Every call that gets it
/// writes it, also a successful one. Never grows.
typedef struct twoway_error {
  twoway_status status;  ///< what the call returned
  /// The backend's own code: an OpenSSL reason, a CKR value, a callback's value, or 0. Always 0 for
  /// TWOWAY_OPEN_FAILED, so that all its causes look alike.
  uint64_t native;
  /// One line that says what to do, or "" for TWOWAY_OK. It holds no key or plaintext byte, and
  /// lives as long as the library is loaded.
  const char* message;
} twoway_error;

// --- Algorithms --------------------------------------------------------------------------------

/// Identifiers of RFC 9180 section 7, as messages carry them.
enum {
  TWOWAY_KEM_P256 = 0x0010,
  TWOWAY_KEM_P384 = 0x0011,
  TWOWAY_KEM_P521 = 0x0012,
  TWOWAY_KEM_X25519 = 0x0020,
  TWOWAY_KEM_X448 = 0x0021,
  TWOWAY_KEM_ML_KEM_512 = 0x0040,  ///< this and the next five: draft-ietf-hpke-pq
  TWOWAY_KEM_ML_KEM_768 = 0x0041,
  TWOWAY_KEM_ML_KEM_1024 = 0x0042,
  TWOWAY_KEM_MLKEM768_P256 = 0x0050,
  TWOWAY_KEM_MLKEM1024_P384 = 0x0051,
  TWOWAY_KEM_MLKEM768_X25519 = 0x647a
};
enum {
  TWOWAY_KDF_HKDF_SHA256 = 0x0001,
  TWOWAY_KDF_HKDF_SHA384 = 0x0002,
  TWOWAY_KDF_HKDF_SHA512 = 0x0003,
  TWOWAY_KDF_SHAKE128 = 0x0010,  ///< this and the next three: draft-ietf-hpke-pq, HPKE by itself
  TWOWAY_KDF_SHAKE256 = 0x0011,
  TWOWAY_KDF_TURBOSHAKE128 = 0x0012,
  TWOWAY_KDF_TURBOSHAKE256 = 0x0013
};
enum {
  TWOWAY_AEAD_AES_128_GCM = 0x0001,
  TWOWAY_AEAD_AES_256_GCM = 0x0002,
  TWOWAY_AEAD_CHACHA20_POLY1305 = 0x0003,
  TWOWAY_AEAD_EXPORT_ONLY = 0xffff  ///< for HPKE by itself
};

/// Three of them. Never grows.
typedef struct twoway_suite {
  uint16_t kem;   ///< as registered with IANA
  uint16_t kdf;   ///< the same
  uint16_t aead;  ///< the same
} twoway_suite;

/// One pair of "HPKE Symmetric Algorithms" (RFC 9458 section 3.1). Never grows.
typedef struct twoway_symmetric_algorithms {
  uint16_t kdf;   ///< a two-stage one
  uint16_t aead;  ///< one that seals
} twoway_symmetric_algorithms;

/// The longest public key and `enc` of any KEM, in bytes, those to come included.
#define TWOWAY_MAX_PUBLIC_KEY 1665
#define TWOWAY_MAX_ENC 1665

// --- Providers ---------------------------------------------------------------------------------

/// A crypto library, from its own header: twoway_openssl_provider(), twoway_sodium_provider().
typedef struct twoway_provider twoway_provider;

/// Returns a short, stable name: "openssl". NULL for NULL.
TWOWAY_C_API const char* twoway_provider_name(const twoway_provider* provider) TWOWAY_C_NOEXCEPT;

/// Returns why the provider offers nothing, if its library cannot be used in this process, else
/// NULL. The string lives as long as the provider.
TWOWAY_C_API const char* twoway_provider_unusable(const twoway_provider* provider)
    TWOWAY_C_NOEXCEPT;

/// Returns TWOWAY_OK if the provider offers all three algorithms for requests and responses, else
/// TWOWAY_NOT_SUPPORTED.
TWOWAY_C_CALL twoway_status twoway_provider_offers(const twoway_provider* provider,
                                                   twoway_suite suite,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes one provider of two. It asks `first` for each algorithm, and `second` for those that
/// `first` does not offer. Its random bytes are those of `first`, unless that is unusable. So
/// ML-KEM of one library and P-256 of another serve MLKEM768-P256. Borrows both, which must outlive
/// it. Threads may share it. Free it after every object that was made from it.
TWOWAY_C_CALL twoway_status twoway_combined_provider_new(const twoway_provider* first,
                                                         const twoway_provider* second,
                                                         twoway_provider** provider,
                                                         twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Frees a provider from twoway_combined_provider_new, and no other.
TWOWAY_C_API void twoway_combined_provider_free(twoway_provider* provider) TWOWAY_C_NOEXCEPT;

// --- Callbacks ---------------------------------------------------------------------------------
//
// A struct of callbacks begins with its own size, so that later versions may add members: fill it
// with zeros and set `size` to sizeof the struct. A call that is given one takes its `context`
// over, and calls `release` (may be NULL) exactly once: when nothing uses the context any more, or
// before the call returns if it fails. A struct without its size (TWOWAY_INVALID_ARGUMENT), or with
// members that this version does not know (TWOWAY_NOT_SUPPORTED), is not read further: `release` is
// then not called.
//
// The status of a callback never passes for one of the library's own conditions. Each callback's
// comment names the status that its failure becomes, and the one status beside TWOWAY_OK, if any,
// that is kept.

/// A random generator of the caller's, for products with their own and for tests. It must be
/// thread-safe if its users are shared between threads.
typedef struct twoway_rng_callbacks {
  size_t size;    ///< sizeof(twoway_rng_callbacks)
  void* context;  ///< for the functions below
  /// Fills `out` with `size` bytes. Any status but TWOWAY_OK becomes TWOWAY_PROVIDER_FAILURE with
  /// `*native`, which is 0 beforehand, and the bytes written are wiped.
  twoway_status (*fill)(void* context, uint8_t* out, size_t size, uint64_t* native);
  void (*release)(void* context);
} twoway_rng_callbacks;

/// A random generator behind callbacks.
typedef struct twoway_rng twoway_rng;

/// Makes a generator of callbacks, which it takes over.
TWOWAY_C_CALL twoway_status twoway_rng_new(const twoway_rng_callbacks* callbacks, twoway_rng** rng,
                                           twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API void twoway_rng_free(twoway_rng* rng) TWOWAY_C_NOEXCEPT;

/// A clock of the caller's. It must be thread-safe if its users are shared between threads.
typedef struct twoway_clock_callbacks {
  size_t size;    ///< sizeof(twoway_clock_callbacks)
  void* context;  ///< for the functions below
  /// Seconds since 1970-01-01 00:00 UTC.
  int64_t (*now)(void* context);
  void (*release)(void* context);
} twoway_clock_callbacks;

/// A clock behind callbacks.
typedef struct twoway_clock twoway_clock;

/// Makes a clock of callbacks, which it takes over.
TWOWAY_C_CALL twoway_status twoway_clock_new(const twoway_clock_callbacks* callbacks,
                                             twoway_clock** clock,
                                             twoway_error* error) TWOWAY_C_NOEXCEPT;
TWOWAY_C_API void twoway_clock_free(twoway_clock* clock) TWOWAY_C_NOEXCEPT;

/// The longest PIN or pass phrase, in bytes.
#define TWOWAY_MAX_PASSPHRASE 1024

/// Gives a PIN or a pass phrase. It is asked whenever one is needed, so again after a token was
/// lost, and by one thread at a time for each token or store.
typedef struct twoway_secret_source {
  size_t size;    ///< sizeof(twoway_secret_source)
  void* context;  ///< for the functions below
  /// Writes the secret, without a terminator, to `out`, which has room for `capacity` bytes
  /// (TWOWAY_MAX_PASSPHRASE) and is wiped after use. Any status but TWOWAY_OK becomes
  /// TWOWAY_KEY_UNAVAILABLE with `*native`, which is 0 beforehand.
  twoway_status (*read)(void* context, uint8_t* out, size_t capacity, size_t* written,
                        uint64_t* native);
  void (*release)(void* context);
} twoway_secret_source;

// --- Limits of chunked messages ----------------------------------------------------------------

/// Limits of a chunked message. Its sealer keeps to them, and its opener insists on them. NULL in
/// place of the struct stands for the defaults, as does 0 for a member. Over 2^30 bytes a chunk is
/// TWOWAY_INVALID_ARGUMENT.
typedef struct twoway_chunk_limits {
  size_t size;             ///< sizeof(twoway_chunk_limits)
  size_t max_chunk;        ///< largest plaintext of one chunk, in bytes (16384 by default)
  uint64_t max_chunks;     ///< no limit by default
  uint64_t max_plaintext;  ///< of the message, in bytes (no limit by default)
} twoway_chunk_limits;

// --- Forms and media types ---------------------------------------------------------------------

/// A whole message is sealed at once and fits in memory. A chunked one has any size. Another number
/// is TWOWAY_INVALID_ARGUMENT.
typedef int32_t twoway_form;
enum { TWOWAY_FORM_WHOLE = 0, TWOWAY_FORM_CHUNKED = 1 };

/// The media types of whole and of chunked messages of one kind. NULL in place of the struct stands
/// for the defaults, NULL in place of a member for one that is not given. Never grows.
///
/// A first chunk is sealed as a whole message is. Only the media type, to which both sides bind the
/// keys, tells them apart. If one type served both forms, anyone between sender and receiver could
/// cut a chunked message down to its first chunk and pass that on as a whole message. So functions
/// fail with TWOWAY_INVALID_ARGUMENT if the member for the message's form is not given, if both are
/// equal, if one is a default of the other form, or if one has over 65527 bytes. Name both if both
/// forms are in use.
///
/// A type may hold any bytes. If its size is 0 it ends at its first zero byte, as a string does.
typedef struct twoway_media_types {
  const char* whole;    ///< of whole messages
  const char* chunked;  ///< of chunked messages
  size_t whole_size;    ///< of `whole` in bytes, or 0 for a string
  size_t chunked_size;  ///< of `chunked` in bytes, or 0 for a string
} twoway_media_types;

/// The defaults (RFC 9458 sections 4.3 and 4.4, Chunked OHTTP sections 6.1 and 6.2).
#define TWOWAY_REQUEST_MEDIA_TYPE "message/bhttp request"
#define TWOWAY_RESPONSE_MEDIA_TYPE "message/bhttp response"
#define TWOWAY_CHUNKED_REQUEST_MEDIA_TYPE "message/bhttp chunked request"
#define TWOWAY_CHUNKED_RESPONSE_MEDIA_TYPE "message/bhttp chunked response"

// --- Other -------------------------------------------------------------------------------------

/// Overwrites `size` bytes with zeros, in a way that no compiler removes: for key files and saved
/// states that the caller holds. Nothing for NULL.
TWOWAY_C_API void twoway_wipe(void* bytes, size_t size) TWOWAY_C_NOEXCEPT;

/// Returns the version of the library that is loaded: "1.2.3". Lives for ever.
TWOWAY_C_API const char* twoway_version(void) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
