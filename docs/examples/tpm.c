// Private keys in a TPM, in C: an example of docs/c.md.
#include <stdio.h>
#include <string.h>

#include <twoway/openssl.h>
#include <twoway/twoway.h>

// example {
/// Gives a key's authorisation value. A program would ask for it, or read it from a secret store.
static twoway_status give_secret(void* context, uint8_t* out, size_t capacity, size_t* written,
                                 uint64_t* native) {
  const char* secret = context;
  const size_t size = strlen(secret);
  (void)native;
  if (size > capacity) return TWOWAY_KEY_UNAVAILABLE;
  memcpy(out, secret, size);
  *written = size;
  return TWOWAY_OK;
}

/// Loads a key by its TSS2 file, or by its handle: "handle:0x81000100?pass".
static twoway_status load_tpm_key(const char* uri, char* secret, twoway_private_key** key,
                                  twoway_error* error) {
  static const char* const providers[] = {"tpm2", "default"};
  twoway_secret_source source = {0};
  twoway_openssl_key_store* store = NULL;
  twoway_status status = twoway_openssl_key_store_open(providers, 2, NULL, NULL, &store, error);
  source.size = sizeof source;
  source.context = secret;
  source.read = give_secret;
  if (status == TWOWAY_OK) {
    status = twoway_openssl_key_store_load(store, uri, &source, key, error);
  }
  twoway_openssl_key_store_free(store);  // the key keeps what it needs
  return status;
}
// } example

int main(int count, char** arguments) {
  const twoway_provider* crypto = twoway_openssl_provider();
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  twoway_private_key* key = NULL;
  twoway_key_ring* ring = NULL;
  twoway_error error;
  int good;
  if (count != 3) {
    fprintf(stderr, "usage: tpm URI SECRET\n");
    return 2;
  }
  // The ring tries the key when it is added.
  good = load_tpm_key(arguments[1], arguments[2], &key, &error) == TWOWAY_OK &&
         twoway_key_ring_new(crypto, NULL, &ring, &error) == TWOWAY_OK &&
         twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, &error) == TWOWAY_OK;
  if (!good) fprintf(stderr, "%s\n", error.message);
  twoway_key_ring_free(ring);
  twoway_private_key_free(key);
  return good ? 0 : 1;
}
