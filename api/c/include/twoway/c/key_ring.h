// The key ring of a receiver.
//
// Who needs it: applications, as receivers.
#ifndef TWOWAY_C_KEY_RING_H
#define TWOWAY_C_KEY_RING_H

#include <twoway/c/keys.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Whether a key is published.
typedef int32_t twoway_key_state;
enum {
  TWOWAY_KEY_PENDING = 0,  ///< opens requests, and is not published yet
  TWOWAY_KEY_ACTIVE = 1,   ///< opens requests, and is published
  TWOWAY_KEY_RETIRED = 2   ///< opens requests until its time, but is not published
};

/// A receiver's keys, by key id, and the suites that each accepts. Thread-safe: keys may be added,
/// changed and removed while requests are opened. A request that has found its key keeps it.
///
/// To change keys without refusing a request, add the new key, pending, to every receiver of the
/// name. When all have it, activate it and retire the old one. In the end call remove_expired.
typedef struct twoway_key_ring twoway_key_ring;

/// Makes a ring without keys. `clock` decides when retired keys expire. NULL is the system's clock.
TWOWAY_C_CALL twoway_status twoway_key_ring_new(const twoway_provider* provider,
                                                twoway_clock* clock, twoway_key_ring** ring,
                                                twoway_error* error) TWOWAY_C_NOEXCEPT;
/// Objects that use the ring keep its keys.
TWOWAY_C_API void twoway_key_ring_free(twoway_key_ring* ring) TWOWAY_C_NOEXCEPT;

/// Adds a key that accepts requests in `count` suites, the preferred first, after a trial: a secret
/// is encapsulated to its public key and decapsulated with the key. An expired key of the same id
/// is removed. `state` is pending or active. After a failure the ring is as before.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  an id that is taken, no suite, the state
///   TWOWAY_NOT_SUPPORTED     a suite that the ring's provider lacks
///   TWOWAY_KEY_UNAVAILABLE   the key failed, or does not fit its public key
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_key_ring_add(twoway_key_ring* ring, uint8_t key_id,
                                                const twoway_private_key* key,
                                                const twoway_symmetric_algorithms* algorithms,
                                                size_t count, twoway_key_state state,
                                                twoway_error* error) TWOWAY_C_NOEXCEPT;

/// As twoway_key_ring_add, without the trial: for a key that is out of reach when it is added, or
/// that only works asynchronously (twoway_pending_request_complete_dh). Its first request whose
/// text is authentic proves it (twoway_key_ring_checked). Until then a text that does not open is
/// TWOWAY_KEY_UNAVAILABLE instead of TWOWAY_OPEN_FAILED, because the key may be the reason. Keep it
/// pending until it is checked.
///
/// Errors:
///   those of twoway_key_ring_add
///   of which TWOWAY_KEY_UNAVAILABLE cannot occur
///   TWOWAY_INVALID_KEY  the public key
TWOWAY_C_CALL twoway_status
twoway_key_ring_add_deferred(twoway_key_ring* ring, uint8_t key_id, const twoway_private_key* key,
                             const twoway_symmetric_algorithms* algorithms, size_t count,
                             twoway_key_state state, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Returns 1 if the key of this id is known to fit its public key, by the trial or by an authentic
/// text. 0 if it is not yet, or if the ring holds no key of this id.
TWOWAY_C_API int twoway_key_ring_checked(const twoway_key_ring* ring,
                                         uint8_t key_id) TWOWAY_C_NOEXCEPT;

/// Publishes a pending or retired key.
///
/// Errors:
///   TWOWAY_UNKNOWN_KEY  not held, or expired
///   TWOWAY_WRONG_STATE  active already
TWOWAY_C_CALL twoway_status twoway_key_ring_activate(twoway_key_ring* ring, uint8_t key_id,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Stops publishing a key, and lets it open requests that begin before `until`, in seconds since
/// 1970 (times that the library cannot hold are taken for the nearest that it can, in the years
/// 1677 and 2262). Errors: TWOWAY_UNKNOWN_KEY (not held, or expired).
TWOWAY_C_CALL twoway_status twoway_key_ring_retire(twoway_key_ring* ring, uint8_t key_id,
                                                   int64_t until,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Removes a key in any state. Error: TWOWAY_UNKNOWN_KEY.
TWOWAY_C_CALL twoway_status twoway_key_ring_remove(twoway_key_ring* ring, uint8_t key_id,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Removes all expired keys, and returns how many they were.
TWOWAY_C_API size_t twoway_key_ring_remove_expired(twoway_key_ring* ring) TWOWAY_C_NOEXCEPT;

/// Writes the ids of all keys in the order of their adding, one byte each, so 256 at most. Errors:
/// TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_key_ring_ids(const twoway_key_ring* ring, uint8_t* out,
                                                size_t capacity, size_t* written,
                                                twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the properties of the key with this id, also of an expired one. `until` is the time of a
/// retired key in seconds since 1970, else 0. `key` is another handle of the key. `state`, `until`
/// and `key` may each be NULL. Fails with TWOWAY_UNKNOWN_KEY.
TWOWAY_C_CALL twoway_status twoway_key_ring_get(const twoway_key_ring* ring, uint8_t key_id,
                                                twoway_key_state* state, int64_t* until,
                                                twoway_private_key** key,
                                                twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the list of the active keys in the order of their adding, media type
/// application/ohttp-keys (RFC 9458 section 3.2).
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  no key is active
///   TWOWAY_BUFFER_TOO_SMALL
TWOWAY_C_CALL twoway_status twoway_key_ring_key_configs(const twoway_key_ring* ring, uint8_t* out,
                                                        size_t capacity, size_t* written,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
