// Refusing requests that were accepted before (RFC 9458 section 6.5).
//
// Who needs it: applications, as receivers that refuse replays.
#ifndef TWOWAY_C_REPLAY_H
#define TWOWAY_C_REPLAY_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Remembers accepted requests. A receiver asks it once for each request, after the request's first
/// ciphertext was found authentic and before anything of it is released. Receivers that share a key
/// must share one store. Thread-safe.
typedef struct twoway_replay_filter twoway_replay_filter;

/// Makes a filter in the memory of this process, which remembers each request for `window` seconds
/// (over 0) and at most `max_entries` (1 to 2^31) at once. A full filter refuses new requests
/// (TWOWAY_FILTER_FULL). All memory is allocated at once: 36 to 40 bytes for each. `clock` NULL is
/// the system's. <twoway/replay_filter.hpp> lists its limits.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT
///   TWOWAY_NOT_SUPPORTED     a provider without HKDF-SHA256
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_replay_filter_new_in_memory(
    const twoway_provider* provider, size_t max_entries, int64_t window, twoway_clock* clock,
    twoway_replay_filter** filter, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// A store of the caller's. It must be thread-safe if its filter is shared.
typedef struct twoway_replay_callbacks {
  size_t size;    ///< sizeof(twoway_replay_callbacks)
  void* context;  ///< for the functions below
  /// Atomically looks for the request that `key_id` and `enc` name and remembers it: writes 1 to
  /// `*absent` if it was absent, and 0 if it was known. The request is then refused
  /// (TWOWAY_REPLAYED). Any status but TWOWAY_OK, and any other value, refuses the request too:
  /// TWOWAY_FILTER_FULL unchanged, the others as TWOWAY_PROVIDER_FAILURE, with `*native`, which is
  /// 0 beforehand. The store should then remember nothing.
  twoway_status (*insert_if_absent)(void* context, uint8_t key_id, const uint8_t* enc,
                                    size_t enc_size, int* absent, uint64_t* native);
  void (*release)(void* context);
} twoway_replay_callbacks;

/// Makes a filter of callbacks, which it takes over.
TWOWAY_C_CALL twoway_status twoway_replay_filter_new(const twoway_replay_callbacks* callbacks,
                                                     twoway_replay_filter** filter,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Asks a filter as a receiver does. `*absent` becomes 1 if the request was absent and is
/// remembered from here on, and 0 if it was known or after a failure. Fails with TWOWAY_FILTER_FULL
/// and the errors of the store.
TWOWAY_C_CALL twoway_status twoway_replay_filter_insert(twoway_replay_filter* filter,
                                                        uint8_t key_id, const uint8_t* enc,
                                                        size_t enc_size, int* absent,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_replay_filter_free(twoway_replay_filter* filter) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
