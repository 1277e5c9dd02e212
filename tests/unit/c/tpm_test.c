// <twoway/openssl.h>: keys in a TPM.
#include <twoway/openssl.h>

#include "provider_cases.h"

/// Exchanges a request to the key and its response, with OpenSSL's provider.
static void exchange(twoway_private_key* key) {
  const twoway_provider* crypto = twoway_openssl_provider();
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  twoway_key_ring* ring = NULL;
  twoway_request_receiver* receiver = NULL;
  twoway_request_sender* sender = NULL;
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  uint8_t configs[256];
  uint8_t message[256];
  uint8_t text[64];
  size_t size = 0;
  size_t written = 0;
  REQUIRE_OK(twoway_key_ring_new(crypto, NULL, &ring, NULL));
  REQUIRE_OK(twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL));
  REQUIRE_OK(twoway_request_receiver_new(ring, NULL, NULL, &receiver, NULL));
  REQUIRE_OK(twoway_key_ring_key_configs(ring, configs, sizeof configs, &size, NULL));
  REQUIRE_OK(twoway_request_sender_new(crypto, configs, size, NULL, &sender, NULL));
  REQUIRE_OK(twoway_request_sender_seal(sender, (const uint8_t*)"question", 8, NULL, message,
                                        sizeof message, &size, &opener, NULL));
  REQUIRE_OK(twoway_request_receiver_open(receiver, message, size, NULL, text, sizeof text,
                                          &written, &sealer, NULL));
  CHECK(written == 8 && memcmp(text, "question", 8) == 0);
  REQUIRE_OK(twoway_response_sealer_seal(sealer, (const uint8_t*)"answer", 6, NULL, message,
                                         sizeof message, &size, NULL));
  REQUIRE_OK(
      twoway_response_opener_open(opener, message, size, NULL, text, sizeof text, &written, NULL));
  CHECK(written == 6 && memcmp(text, "answer", 6) == 0);
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  twoway_request_sender_free(sender);
  twoway_request_receiver_free(receiver);
  twoway_key_ring_free(ring);
}

void tpm_keys(const char* path, const char* handle, const char* auth) {
  static const char* const providers[] = {"tpm2", "default"};
  struct text_source source = {auth, 0, 0, TWOWAY_OK, 0, 0};
  const twoway_secret_source passphrase = secret_source(&source);
  twoway_openssl_key_store* store = NULL;
  twoway_private_key* key = NULL;
  twoway_private_key* locked = NULL;
  twoway_error error;
  char uri[64];
  REQUIRE_OK(twoway_openssl_key_store_open(providers, 2, NULL, NULL, &store, NULL));

  REQUIRE_OK(twoway_openssl_key_store_load(store, path, NULL, &key, NULL));
  CHECK(twoway_private_key_kem(key) == TWOWAY_KEM_P256);
  exchange(key);
  CHECK_STATUS(twoway_openssl_key_store_load(store, "handle:0x81000999", NULL, &locked, &error),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(locked == NULL && error.message[0] != 0);

  // A key with an authorisation value, right and wrong.
  snprintf(uri, sizeof uri, "%s?pass", handle);
  REQUIRE_OK(twoway_openssl_key_store_load(store, uri, &passphrase, &locked, NULL));
  CHECK(source.asked == 1);
  exchange(locked);
  twoway_private_key_free(locked);
  CHECK(source.released == 1);
  source.text = "wrong";
  CHECK_STATUS(twoway_openssl_key_store_load(store, uri, &passphrase, &locked, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(locked == NULL && source.released == 2);
  source.status = TWOWAY_OPEN_FAILED;
  source.native = 5;
  CHECK_STATUS(twoway_openssl_key_store_load(store, uri, &passphrase, &locked, &error),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(source.released == 3);

  // A key outlives the store.
  twoway_openssl_key_store_free(store);
  exchange(key);
  twoway_private_key_free(key);
}
