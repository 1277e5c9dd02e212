// Private keys.
//
// Who needs it: applications, as receivers.
#ifndef TWOWAY_C_KEYS_H
#define TWOWAY_C_KEYS_H

#include <twoway/c/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A private key, wherever it lives. There is no export. Thread-safe. Token keys come from
/// <twoway/pkcs11.h> and <twoway/openssl.h>.
typedef struct twoway_private_key twoway_private_key;

/// Makes a new key (RFC 9180 section 4, GenerateKeyPair), which lives as long as the process.
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED     the KEM
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_private_key_generate(const twoway_provider* provider,
                                                        uint16_t kem, twoway_private_key** key,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes the key that `ikm` leads to (section 7.1.3, DeriveKeyPair): at least Nsk bytes, as secret
/// as the key.
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED
///   TWOWAY_INVALID_ARGUMENT  too short
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_private_key_derive(const twoway_provider* provider, uint16_t kem,
                                                      const uint8_t* ikm, size_t ikm_size,
                                                      twoway_private_key** key,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes the key of Nsk serialised bytes (section 7.1.2).
///
/// Errors:
///   TWOWAY_NOT_SUPPORTED
///   TWOWAY_INVALID_KEY
TWOWAY_C_CALL twoway_status twoway_private_key_import(const twoway_provider* provider, uint16_t kem,
                                                      const uint8_t* sk, size_t sk_size,
                                                      twoway_private_key** key,
                                                      twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes a hybrid's private key of two that may live anywhere (draft-ietf-hpke-pq): `ml_kem`, a key
/// of its ML-KEM, and `dh`, a key of the DHKEM of its group. `dh` comes from a token, a TPM, this
/// process, or callbacks with `dh`. So a token that knows P-256 alone takes part in MLKEM768-P256.
/// The public key is that of `ml_kem`, then that of `dh`. Keeps both keys alive. A failure of
/// either is TWOWAY_KEY_UNAVAILABLE when a request is opened.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  a key is of another KEM
///   TWOWAY_NOT_SUPPORTED     the KEM is no hybrid, or the provider lacks a part of it or keeps the
///                            parts to itself
TWOWAY_C_CALL twoway_status twoway_private_key_join(const twoway_provider* provider, uint16_t kem,
                                                    const twoway_private_key* ml_kem,
                                                    const twoway_private_key* dh,
                                                    twoway_private_key** key,
                                                    twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Makes the key of a key file: one unencrypted PKCS#8 block in PEM for P-256, P-384, P-521,
/// X25519, X448 or the seed of ML-KEM (RFC 5958, 7468, 9935), as `openssl genpkey` makes it, or the
/// block of a hybrid's seed, as twoway_private_key_generate_pem makes it. It has at most 16384
/// bytes. Text before and after the block, blanks and empty lines are ignored. The library wipes
/// the bytes that it read. The caller must wipe the bytes of the file.
///
/// Errors:
///   TWOWAY_MALFORMED
///   TWOWAY_NOT_SUPPORTED  the curve
///   TWOWAY_INVALID_KEY    out of range, or a public key that belongs to another
TWOWAY_C_CALL twoway_status twoway_private_key_read_pem(const twoway_provider* provider,
                                                        const uint8_t* pem, size_t pem_size,
                                                        twoway_private_key** key,
                                                        twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Room that is enough for every key file that the two functions below write.
#define TWOWAY_MAX_PRIVATE_KEY_PEM 512

/// Makes a new key as a key file, as `openssl genpkey` would write it: the only moment at which a
/// key may be kept. Writes no terminator.
///
/// Errors:
///   TWOWAY_BUFFER_TOO_SMALL
///   TWOWAY_NOT_SUPPORTED     the KEM, or it has no key file format
///   TWOWAY_PROVIDER_FAILURE
TWOWAY_C_CALL twoway_status twoway_private_key_generate_pem(const twoway_provider* provider,
                                                            uint16_t kem, uint8_t* out,
                                                            size_t capacity, size_t* written,
                                                            twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Writes the key file of Nsk serialised bytes, whose public key `provider` computes. Errors: as
/// above, and TWOWAY_INVALID_KEY.
TWOWAY_C_CALL twoway_status twoway_private_key_write_pem(const twoway_provider* provider,
                                                         uint16_t kem, const uint8_t* sk,
                                                         size_t sk_size, uint8_t* out,
                                                         size_t capacity, size_t* written,
                                                         twoway_error* error) TWOWAY_C_NOEXCEPT;

/// A private key that lives elsewhere. It must be thread-safe if its key is shared, and may block.
/// Set one of the two operations.
typedef struct twoway_private_key_callbacks {
  size_t size;    ///< sizeof(twoway_private_key_callbacks)
  void* context;  ///< for the functions below
  /// For a DHKEM's key. Writes DH(sk, peer) to `secret`, `secret_size` (Ndh) bytes: the shared x
  /// coordinate of a NIST curve, or the output of X25519 or X448. `peer` is a public key of the
  /// group (65, 97 or 133 bytes that begin with 4 for a NIST point), checked before. The library
  /// does the rest of Decap (RFC 9180 section 4.1) and refuses an X25519 or X448 result of zeros.
  /// Any status but TWOWAY_OK becomes TWOWAY_KEY_UNAVAILABLE with `*native`, which is 0 beforehand.
  twoway_status (*dh)(void* context, uint8_t* secret, size_t secret_size, const uint8_t* peer,
                      size_t peer_size, uint64_t* native);
  /// For any other key. Writes Decap(enc, sk) (section 4), `shared_secret_size` (Nsecret) bytes.
  /// `enc` has Nenc bytes. Only `decap` can report a bad `enc`, by TWOWAY_OPEN_FAILED. Any other
  /// failure becomes TWOWAY_KEY_UNAVAILABLE with `*native`.
  twoway_status (*decap)(void* context, uint8_t* shared_secret, size_t shared_secret_size,
                         const uint8_t* enc, size_t enc_size, uint64_t* native);
  void (*release)(void* context);
} twoway_private_key_callbacks;

/// Makes a key behind callbacks. `public_key` is SerializePublicKey(pk), Npk bytes. A key ring
/// tests the pair when the key is added.
///
/// Errors:
///   TWOWAY_INVALID_ARGUMENT  none or both operations, the length of the public key
///   TWOWAY_NOT_SUPPORTED     `dh` for a KEM that is not a DHKEM
TWOWAY_C_CALL twoway_status twoway_private_key_new(const twoway_private_key_callbacks* callbacks,
                                                   uint16_t kem, const uint8_t* public_key,
                                                   size_t public_key_size, twoway_private_key** key,
                                                   twoway_error* error) TWOWAY_C_NOEXCEPT;

/// Returns the id of its KEM.
TWOWAY_C_API uint16_t twoway_private_key_kem(const twoway_private_key* key) TWOWAY_C_NOEXCEPT;

/// Writes the public key of the pair, Npk bytes, TWOWAY_MAX_PUBLIC_KEY at most. Errors:
/// TWOWAY_BUFFER_TOO_SMALL.
TWOWAY_C_CALL twoway_status twoway_private_key_public_key(const twoway_private_key* key,
                                                          uint8_t* out, size_t capacity,
                                                          size_t* written,
                                                          twoway_error* error) TWOWAY_C_NOEXCEPT;

TWOWAY_C_API void twoway_private_key_free(twoway_private_key* key) TWOWAY_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
