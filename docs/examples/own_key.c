// A private key that lives elsewhere, in C: an example of docs/c.md.
#include <stdio.h>
#include <string.h>

#include <twoway/openssl.h>
#include <twoway/twoway.h>

// example {
/// A P-256 key in a service that offers ECDH, and that may be out of reach.
struct service {
  int (*ecdh)(const char* url, const uint8_t point[65], uint8_t x[32]);  // 0, or an HTTP status
  const char* url;
};

static twoway_status service_dh(void* context, uint8_t* secret, size_t secret_size,
                                const uint8_t* peer, size_t peer_size, uint64_t* native) {
  const struct service* service = context;
  // The sizes are those of the curve, and the peer is on it: both are checked.
  const int failed = service->ecdh(service->url, peer, secret);
  (void)secret_size, (void)peer_size;
  if (failed) *native = (uint64_t)failed;
  return failed ? TWOWAY_KEY_UNAVAILABLE : TWOWAY_OK;
}

static twoway_status service_key(struct service* service, const uint8_t public_key[65],
                                 twoway_private_key** key, twoway_error* error) {
  twoway_private_key_callbacks callbacks = {0};
  callbacks.size = sizeof callbacks;
  callbacks.context = service;
  callbacks.dh = service_dh;  // and `release`, to free the context
  return twoway_private_key_new(&callbacks, TWOWAY_KEM_P256, public_key, 65, key, error);
}
// } example

static int out_of_reach(const char* url, const uint8_t point[65], uint8_t x[32]) {
  (void)url, (void)point, (void)x;
  return 503;
}

int main(void) {
  const twoway_provider* crypto = twoway_openssl_provider();
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  struct service service = {out_of_reach, "unused"};
  twoway_private_key* software = NULL;
  twoway_private_key* key = NULL;
  twoway_key_ring* ring = NULL;
  twoway_error error;
  uint8_t pk[65];
  size_t size = 0;
  int good = twoway_private_key_generate(crypto, TWOWAY_KEM_P256, &software, NULL) == TWOWAY_OK &&
             twoway_private_key_public_key(software, pk, sizeof pk, &size, NULL) == TWOWAY_OK &&
             service_key(&service, pk, &key, NULL) == TWOWAY_OK &&
             twoway_key_ring_new(crypto, NULL, &ring, NULL) == TWOWAY_OK;
  // The ring tries the key when it is added.
  good = good &&
         twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, &error) ==
             TWOWAY_KEY_UNAVAILABLE &&
         error.native == 503;
  twoway_key_ring_free(ring);
  twoway_private_key_free(key);
  twoway_private_key_free(software);
  return good ? 0 : 1;
}
