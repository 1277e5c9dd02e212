// Private keys, the key ring of a receiver, and key configurations.
#ifndef TWOWAY_C_KEYS_H
#define TWOWAY_C_KEYS_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- Private keys ------------------------------------------------------------------------------

/// A private key, wherever it lives. There is no export. Thread-safe. Token keys come from
/// <twoway/pkcs11.h> and <twoway/openssl.h>.
typedef struct twoway_private_key twoway_private_key;

/// A new key (RFC 9180 section 4, GenerateKeyPair), which lives as long as the process. Errors:
/// TWOWAY_NOT_SUPPORTED (the KEM), TWOWAY_PROVIDER_FAILURE.
TWOWAY_C_CALL twoway_status twoway_private_key_generate(const twoway_provider* provider,
                                                        uint16_t kem, twoway_private_key** key,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

/// The key that `ikm` leads to (section 7.1.3, DeriveKeyPair): at least Nsk bytes, as secret as the
/// key. Errors: TWOWAY_NOT_SUPPORTED, TWOWAY_INVALID_ARGUMENT (too short), TWOWAY_PROVIDER_FAILURE.
TWOWAY_C_CALL twoway_status twoway_private_key_derive(const twoway_provider* provider, uint16_t kem,
                                                      const uint8_t* ikm, size_t ikm_size,
                                                      twoway_private_key** key,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// The key of Nsk serialised bytes (section 7.1.2). Errors: TWOWAY_NOT_SUPPORTED,
/// TWOWAY_INVALID_KEY.
TWOWAY_C_CALL twoway_status twoway_private_key_import(const twoway_provider* provider, uint16_t kem,
                                                      const uint8_t* sk, size_t sk_size,
                                                      twoway_private_key** key,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// The key of a key file: one unencrypted PKCS#8 block in PEM for P-256, P-384, P-521, X25519 or
/// X448 (RFC 5958, 7468), as `openssl genpkey` makes it, of at most 16384 bytes. Text before and
/// after the block, blanks and empty lines are ignored. What is read is
/// wiped from the library's memory; the file's bytes are the caller's to wipe. Errors:
/// TWOWAY_MALFORMED, TWOWAY_NOT_SUPPORTED (the curve), TWOWAY_INVALID_KEY (out of range, or a
/// public key that belongs to another).
TWOWAY_C_CALL twoway_status twoway_private_key_read_pem(const twoway_provider* provider,
                                                        const uint8_t* pem, size_t pem_size,
                                                        twoway_private_key** key,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Room that is enough for every key file that the two functions below write.
#define TWOWAY_MAX_PRIVATE_KEY_PEM 512

/// Makes a new key as a key file, as `openssl genpkey` would write it: the only moment at which a
/// key may be kept. Writes no terminator. Errors: TWOWAY_BUFFER_TOO_SMALL, TWOWAY_NOT_SUPPORTED
/// (the KEM, or it has no key file format), TWOWAY_PROVIDER_FAILURE.
TWOWAY_C_CALL twoway_status twoway_private_key_generate_pem(const twoway_provider* provider,
                                                            uint16_t kem, uint8_t* out,
                                                            size_t capacity, size_t* written,
                                                            twoway_error* error) TWOWAY_C_NOEXCEPT;

/// The key file of Nsk serialised bytes, whose public key `provider` computes. Errors: as above,
/// and TWOWAY_INVALID_KEY.
TWOWAY_C_CALL twoway_status twoway_private_key_write_pem(const twoway_provider* provider,
                                                         uint16_t kem, const uint8_t* sk,
                                                         size_t sk_size, uint8_t* out,
                                                         size_t capacity, size_t* written,
                                                         twoway_error* error) TWOWAY_C_NOEXCEPT;

/// A private key that lives elsewhere. Thread-safe where its key is shared; may block. Set one of
/// the two operations.
typedef struct twoway_private_key_callbacks {
  size_t size;  ///< sizeof(twoway_private_key_callbacks)
  void* context;
  /// Of a DHKEM's key: writes DH(sk, peer) to `secret`, `secret_size` (Ndh) bytes: the shared x
  /// coordinate of a NIST curve, or the output of X25519 or X448. `peer` is a public key of the
  /// group (65, 97 or 133 bytes that begin with 4 for a NIST point), checked before. The library
  /// does the rest of Decap (RFC 9180 section 4.1) and refuses an X25519 or X448 result of zeros.
  /// Any status but TWOWAY_OK becomes TWOWAY_KEY_UNAVAILABLE with `*native`, which is 0 beforehand.
  twoway_status (*dh)(void* context, uint8_t* secret, size_t secret_size, const uint8_t* peer,
                      size_t peer_size, uint64_t* native);
  /// Of any other key: writes Decap(enc, sk) (section 4), `shared_secret_size` (Nsecret) bytes.
  /// `enc` has Nenc bytes. TWOWAY_OPEN_FAILED is for an `enc` that is not a valid encapsulation;
  /// any other failure becomes TWOWAY_KEY_UNAVAILABLE with `*native`.
  twoway_status (*decap)(void* context, uint8_t* shared_secret, size_t shared_secret_size,
                         const uint8_t* enc, size_t enc_size, uint64_t* native);
  void (*release)(void* context);
} twoway_private_key_callbacks;

/// A key behind callbacks. `public_key` is SerializePublicKey(pk), Npk bytes; a key ring tries the
/// pair when the key is added. Errors: TWOWAY_INVALID_ARGUMENT (none or both operations, the length
/// of the public key), TWOWAY_NOT_SUPPORTED (`dh` for a KEM that is not a DHKEM).
TWOWAY_C_CALL twoway_status twoway_private_key_new(const twoway_private_key_callbacks* callbacks,
                                                   uint16_t kem, const uint8_t* public_key,
                                                   size_t public_key_size, twoway_private_key** key,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// The id of its KEM.
TWOWAY_C_API uint16_t twoway_private_key_kem(const twoway_private_key* key) TWOWAY_C_NOEXCEPT;

/// Writes the public key of the pair, Npk bytes, TWOWAY_MAX_PUBLIC_KEY at most. Errors:
/// TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_private_key_public_key(const twoway_private_key* key,
                                                          uint8_t* out, size_t capacity,
                                                          size_t* written,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_private_key_free(twoway_private_key* key) TWOWAY_C_NOEXCEPT;

// --- Key rings ---------------------------------------------------------------------------------

/// One pair of "HPKE Symmetric Algorithms" (RFC 9458 section 3.1). Never grows.
typedef struct twoway_symmetric_algorithms {
  uint16_t kdf;
  uint16_t aead;
} twoway_symmetric_algorithms;

typedef int32_t twoway_key_state;
enum {
  TWOWAY_KEY_PENDING = 0,  ///< opens requests, and is not published yet
  TWOWAY_KEY_ACTIVE = 1,   ///< opens requests, and is published
  TWOWAY_KEY_RETIRED = 2   ///< opens requests until its time, and is published no more
};

/// A receiver's keys, by key id, and the suites that each accepts. Thread-safe: keys may be added,
/// changed and removed while requests are opened. A request that has found its key keeps it.
///
/// To change keys without refusing a request: add the new key, pending, to every receiver of the
/// name; when all have it, activate it and retire the old one; in the end remove_expired.
typedef struct twoway_key_ring twoway_key_ring;

/// A ring without keys. `clock` says when retired keys expire; NULL is the system's.
TWOWAY_C_CALL twoway_status twoway_key_ring_new(const twoway_provider* provider,
                                                twoway_clock* clock, twoway_key_ring** ring,
                                                twoway_error* error) TWOWAY_C_NOEXCEPT;
/// Objects that use the ring keep its keys.
TWOWAY_C_API void twoway_key_ring_free(twoway_key_ring* ring) TWOWAY_C_NOEXCEPT;

/// Adds a key that accepts requests in `count` suites, the preferred first, after a trial: a secret
/// is encapsulated to its public key and decapsulated with the key. An expired key of the same id
/// gives way. `state` is pending or active. On failure the ring is as before. Errors:
/// TWOWAY_INVALID_ARGUMENT (an id that is taken, no suite, the state), TWOWAY_NOT_SUPPORTED (a
/// suite that the ring's provider lacks), TWOWAY_KEY_UNAVAILABLE (the key failed, or does not fit
/// its public key), TWOWAY_PROVIDER_FAILURE.
TWOWAY_C_CALL twoway_status twoway_key_ring_add(twoway_key_ring* ring, uint8_t key_id,
                                                const twoway_private_key* key,
                                                const twoway_symmetric_algorithms* algorithms,
                                                size_t count, twoway_key_state state,
                                                twoway_error* error) TWOWAY_C_NOEXCEPT;

/// As twoway_key_ring_add, without the trial: for a key that is out of reach when it is added, or
/// that only answers asynchronously (twoway_pending_request_complete_dh). Its first request whose
/// text is authentic proves it (twoway_key_ring_checked). Until then a text that does not open is
/// TWOWAY_KEY_UNAVAILABLE instead of TWOWAY_OPEN_FAILED, because the key may be the reason. Keep it
/// pending until it is checked. Errors: those of twoway_key_ring_add, of which
/// TWOWAY_KEY_UNAVAILABLE cannot occur; TWOWAY_INVALID_KEY (the public key).
TWOWAY_C_CALL twoway_status
twoway_key_ring_add_deferred(twoway_key_ring* ring, uint8_t key_id, const twoway_private_key* key,
                             const twoway_symmetric_algorithms* algorithms, size_t count,
                             twoway_key_state state, twoway_error* error) TWOWAY_C_NOEXCEPT;

/// 1 if the key of this id is known to fit its public key, by the trial or by an authentic text. 0
/// if it is not yet, or if the ring holds no key of this id.
TWOWAY_C_API int twoway_key_ring_checked(const twoway_key_ring* ring,
                                         uint8_t key_id) TWOWAY_C_NOEXCEPT;

/// Publishes a pending or retired key. Errors: TWOWAY_UNKNOWN_KEY (not held, or expired),
/// TWOWAY_WRONG_STATE (active already).
TWOWAY_C_CALL twoway_status twoway_key_ring_activate(twoway_key_ring* ring, uint8_t key_id,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Publishes a key no more, and lets it open requests that begin before `until`, in seconds since
/// 1970 (times that the library cannot hold are taken for the nearest that it can, in the years
/// 1677 and 2262). Errors: TWOWAY_UNKNOWN_KEY (not held, or expired).
TWOWAY_C_CALL twoway_status twoway_key_ring_retire(twoway_key_ring* ring, uint8_t key_id,
                                                   int64_t until,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Lets go of a key in any state. Error: TWOWAY_UNKNOWN_KEY.
TWOWAY_C_CALL twoway_status twoway_key_ring_remove(twoway_key_ring* ring, uint8_t key_id,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Lets go of all expired keys and answers how many they were.
TWOWAY_C_API size_t twoway_key_ring_remove_expired(twoway_key_ring* ring) TWOWAY_C_NOEXCEPT;

/// Writes the ids of all keys in the order of their adding, one byte each, so 256 at most. Errors:
/// TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_key_ring_ids(const twoway_key_ring* ring, uint8_t* out,
                                                size_t capacity, size_t* written,
                                                twoway_error* error) TWOWAY_C_NOEXCEPT;

/// What the ring holds under an id, expired keys included. `state`, `until` (of a retired key, in
/// seconds since 1970; else 0) and `key` (another handle of it) may each be NULL. Errors:
/// TWOWAY_UNKNOWN_KEY.
TWOWAY_C_CALL twoway_status twoway_key_ring_get(const twoway_key_ring* ring, uint8_t key_id,
                                                twoway_key_state* state, int64_t* until,
                                                twoway_private_key** key,
                                                twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the list of the active keys in the order of their adding, media type
/// application/ohttp-keys (RFC 9458 section 3.2). Errors: TWOWAY_INVALID_ARGUMENT (no key is
/// active), TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_key_ring_key_configs(const twoway_key_ring* ring, uint8_t* out,
                                                        size_t capacity, size_t* written,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

// --- Key configurations ------------------------------------------------------------------------

/// Key configurations (RFC 9458 section 3), for programs that look into lists or make their own:
/// a ring writes its list, and a sender reads one, without it. Belongs to one thread at a time.
typedef struct twoway_key_configs twoway_key_configs;

/// No configuration yet.
TWOWAY_C_CALL twoway_status twoway_key_configs_new(const twoway_provider* provider,
                                                   twoway_key_configs** configs,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Those of a list of media type application/ohttp-keys (section 3.2). Entries with an unknown KEM
/// are skipped. Errors: TWOWAY_MALFORMED (one malformed entry discards the list).
TWOWAY_C_CALL twoway_status twoway_key_configs_parse(const twoway_provider* provider,
                                                     const uint8_t* list, size_t list_size,
                                                     twoway_key_configs** configs,
                                                     twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_key_configs_free(twoway_key_configs* configs) TWOWAY_C_NOEXCEPT;

/// Appends one. Its key is not validated. Errors: TWOWAY_INVALID_ARGUMENT (no pair, a public key of
/// another length than the KEM's, more than fits), TWOWAY_NOT_SUPPORTED (an unknown KEM).
TWOWAY_C_CALL twoway_status twoway_key_configs_add(twoway_key_configs* configs, uint8_t key_id,
                                                   uint16_t kem, const uint8_t* public_key,
                                                   size_t public_key_size,
                                                   const twoway_symmetric_algorithms* algorithms,
                                                   size_t count,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Appends one that stands alone, without a list's length before it (section 3.1). Errors:
/// TWOWAY_MALFORMED, TWOWAY_NOT_SUPPORTED (an unknown KEM).
TWOWAY_C_CALL twoway_status twoway_key_configs_add_encoded(twoway_key_configs* configs,
                                                           const uint8_t* config,
                                                           size_t config_size,
                                                           twoway_error* error) TWOWAY_C_NOEXCEPT;

/// How many there are.
TWOWAY_C_API size_t twoway_key_configs_count(const twoway_key_configs* configs) TWOWAY_C_NOEXCEPT;

/// Key id and KEM of the one at `index`, from 0; each output may be NULL. Errors:
/// TWOWAY_INVALID_ARGUMENT (no such index).
TWOWAY_C_CALL twoway_status twoway_key_configs_get(const twoway_key_configs* configs, size_t index,
                                                   uint8_t* key_id, uint16_t* kem,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the public key of the one at `index`. Errors: TWOWAY_INVALID_ARGUMENT (no such index),
/// TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_key_configs_public_key(const twoway_key_configs* configs,
                                                          size_t index, uint8_t* out,
                                                          size_t capacity, size_t* written,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the pairs of the one at `index`; `capacity` and `*written` count pairs. Errors: as above.
TWOWAY_C_CALL twoway_status twoway_key_configs_algorithms(const twoway_key_configs* configs,
                                                          size_t index,
                                                          twoway_symmetric_algorithms* out,
                                                          size_t capacity, size_t* written,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the one at `index` alone (section 3.1). Errors: as above.
TWOWAY_C_CALL twoway_status twoway_key_configs_encode(const twoway_key_configs* configs,
                                                      size_t index, uint8_t* out, size_t capacity,
                                                      size_t* written,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes all of them as a list (section 3.2). Errors: TWOWAY_INVALID_ARGUMENT (none),
/// TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_key_configs_encode_list(const twoway_key_configs* configs,
                                                           uint8_t* out, size_t capacity,
                                                           size_t* written,
                                                           twoway_error* error) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
