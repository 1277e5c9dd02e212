// The two completions for keys whose operation the application runs, in C: an example of docs/c.md.
#include <string.h>

#include <twoway/openssl.h>
#include <twoway/twoway.h>

// example {
/// For a service that offers Diffie-Hellman: ECDH's x coordinate, or X25519's output. `enc` is the
/// sender's public key. twoway_request_receiver_begin has checked it.
static twoway_status open_by_dh(const twoway_pending_request* pending,
                                int (*dh_of)(const uint8_t peer[65], uint8_t x[32]),
                                twoway_request_opener** opener, twoway_error* error) {
  uint8_t peer[65];  // of P-256
  uint8_t x[32];
  size_t size = 0;
  twoway_status status = twoway_pending_request_enc(pending, peer, sizeof peer, &size, error);
  if (status != TWOWAY_OK) return status;
  if (dh_of(peer, x) != 0) return TWOWAY_KEY_UNAVAILABLE;
  status = twoway_pending_request_complete_dh(pending, x, sizeof x, opener, error);
  twoway_wipe(x, sizeof x);
  return status;
}

/// For a service that offers HPKE's whole Decap, such as a KMS with KEM keys.
static twoway_status open_by_kem(const twoway_pending_request* pending,
                                 int (*decap_of)(const uint8_t enc[65], uint8_t secret[32]),
                                 twoway_request_opener** opener, twoway_error* error) {
  uint8_t enc[65];
  uint8_t secret[32];
  size_t size = 0;
  twoway_status status = twoway_pending_request_enc(pending, enc, sizeof enc, &size, error);
  if (status != TWOWAY_OK) return status;
  if (decap_of(enc, secret) != 0) return TWOWAY_KEY_UNAVAILABLE;
  status = twoway_pending_request_complete(pending, secret, sizeof secret, opener, error);
  twoway_wipe(secret, sizeof secret);
  return status;
}

/// For a key of MLKEM768-P256 whose halves are in two places: ML-KEM's in a service that offers
/// Decap, and the one on P-256 in a token. The first 1088 bytes of `enc` are ML-KEM's.
static twoway_status open_by_halves(const twoway_pending_request* pending,
                                    int (*decap_of)(const uint8_t enc[1088], uint8_t secret[32]),
                                    int (*dh_of)(const uint8_t peer[65], uint8_t x[32]),
                                    twoway_request_opener** opener, twoway_error* error) {
  uint8_t enc[1088 + 65];
  uint8_t secret[32];
  uint8_t x[32];
  size_t size = 0;
  twoway_status status = twoway_pending_request_enc(pending, enc, sizeof enc, &size, error);
  if (status != TWOWAY_OK) return status;
  if (size != sizeof enc) return TWOWAY_NOT_SUPPORTED;  // another KEM's
  status = TWOWAY_KEY_UNAVAILABLE;
  if (decap_of(enc, secret) == 0 && dh_of(enc + 1088, x) == 0) {
    status = twoway_pending_request_complete_hybrid(pending, secret, sizeof secret, x, sizeof x,
                                                    opener, error);
  }
  twoway_wipe(secret, sizeof secret);
  twoway_wipe(x, sizeof x);
  return status;
}

/// Adds a key that is out of reach when the gateway starts. It is published once
/// twoway_key_ring_checked says that a request has proven it.
static twoway_status add_later(twoway_key_ring* ring, uint8_t key_id, const twoway_private_key* key,
                               twoway_error* error) {
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  return twoway_key_ring_add_deferred(ring, key_id, key, &pair, 1, TWOWAY_KEY_PENDING, error);
}
// } example

static int out_of_reach(const uint8_t point[65], uint8_t result[32]) {
  (void)point, (void)result;
  return 1;
}

static int wrong(const uint8_t point[65], uint8_t result[32]) {
  memcpy(result, point, 32);
  return 0;
}

/// Opens a request to a key of this process: by decapsulation, once both services have failed.
static int opens(const twoway_pending_request* pending, const uint8_t* sealed, size_t size) {
  uint8_t plaintext[64];
  size_t written = 0;
  twoway_request_opener* opener = NULL;
  twoway_error error;
  int good = open_by_dh(pending, out_of_reach, &opener, &error) == TWOWAY_KEY_UNAVAILABLE &&
             open_by_kem(pending, out_of_reach, &opener, &error) == TWOWAY_KEY_UNAVAILABLE;
  int by_kem;
  for (by_kem = 0; good && by_kem < 2; ++by_kem) {
    good = (by_kem ? open_by_kem : open_by_dh)(pending, wrong, &opener, &error) == TWOWAY_OK &&
           twoway_request_opener_open(opener, sealed, size, plaintext, sizeof plaintext, &written,
                                      &error) ==
               TWOWAY_KEY_UNAVAILABLE;  // the key has opened nothing yet
    twoway_request_opener_free(opener);
    opener = NULL;
  }
  // This request's KEM is P-256, which has no halves.
  good = good && open_by_halves(pending, wrong, wrong, &opener, &error) == TWOWAY_NOT_SUPPORTED;
  good = good && twoway_pending_request_decapsulate(pending, &opener, &error) == TWOWAY_OK &&
         twoway_request_opener_open(opener, sealed, size, plaintext, sizeof plaintext, &written,
                                    &error) == TWOWAY_OK &&
         written == 8 && memcmp(plaintext, "question", 8) == 0;
  twoway_request_opener_free(opener);
  return good;
}

int main(void) {
  const twoway_provider* crypto = twoway_openssl_provider();
  const twoway_suite suite = {TWOWAY_KEM_P256, TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  twoway_private_key* key = NULL;
  twoway_key_ring* ring = NULL;
  twoway_request_receiver* receiver = NULL;
  twoway_request_sender* sender = NULL;
  twoway_response_opener* response = NULL;
  twoway_pending_request* pending = NULL;
  uint8_t pk[65];
  uint8_t message[256];
  size_t size = 0;
  int good = twoway_private_key_generate(crypto, TWOWAY_KEM_P256, &key, NULL) == TWOWAY_OK &&
             twoway_private_key_public_key(key, pk, sizeof pk, &size, NULL) == TWOWAY_OK &&
             twoway_key_ring_new(crypto, NULL, &ring, NULL) == TWOWAY_OK &&
             add_later(ring, 1, key, NULL) == TWOWAY_OK && !twoway_key_ring_checked(ring, 1) &&
             twoway_request_receiver_new(ring, NULL, NULL, &receiver, NULL) == TWOWAY_OK &&
             twoway_request_sender_new_to_key(crypto, 1, suite, pk, sizeof pk, NULL, &sender,
                                              NULL) == TWOWAY_OK &&
             twoway_request_sender_seal(sender, (const uint8_t*)"question", 8, NULL, message,
                                        sizeof message, &size, &response, NULL) == TWOWAY_OK &&
             twoway_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, message, size, NULL,
                                           &pending, NULL) == TWOWAY_OK;
  if (good) {
    const size_t prefix = twoway_pending_request_prefix_size(pending);
    good = opens(pending, message + prefix, size - prefix) && twoway_key_ring_checked(ring, 1);
  }
  twoway_pending_request_free(pending);
  twoway_response_opener_free(response);
  twoway_request_sender_free(sender);
  twoway_request_receiver_free(receiver);
  twoway_key_ring_free(ring);
  twoway_private_key_free(key);
  return good ? 0 : 1;
}
