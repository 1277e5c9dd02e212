// <twoway/openssl.h>: providers, EVP_PKEYs and key stores.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>

#include "openssl_objects.h"

void openssl_providers(void) {
  const twoway_provider* crypto = twoway_openssl_provider();
  OSSL_LIB_CTX* library = OSSL_LIB_CTX_new();
  twoway_provider* own = NULL;
  twoway_private_key* key = NULL;
  CHECK(crypto != NULL);
  CHECK(crypto == twoway_openssl_provider());
  CHECK(strcmp(twoway_provider_name(crypto), "openssl") == 0);
  CHECK_STATUS(twoway_openssl_provider_new(library, "provider=nonesuch", &own, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK(own == NULL);
  REQUIRE_OK(twoway_openssl_provider_new(library, NULL, &own, NULL));
  REQUIRE_OK(twoway_private_key_generate(own, TWOWAY_KEM_P256, &key, NULL));
  check_key(own, key, TWOWAY_KEM_P256);
  twoway_private_key_free(key);
  twoway_openssl_provider_free(own);
  OSSL_LIB_CTX_free(library);
}

void openssl_evp_keys(void) {
  EVP_PKEY* pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
  twoway_private_key* key = NULL;
  int concurrent;
  for (concurrent = 0; concurrent < 2; ++concurrent) {
    REQUIRE_OK(twoway_openssl_private_key(pkey, concurrent, &key, NULL));
    check_key(twoway_openssl_provider(), key, TWOWAY_KEM_P256);
    twoway_private_key_free(key);
  }
  EVP_PKEY_free(pkey);
  pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  CHECK_STATUS(twoway_openssl_private_key(pkey, 0, &key, NULL), TWOWAY_NOT_SUPPORTED);
  CHECK(key == NULL);
  EVP_PKEY_free(pkey);
}

void openssl_key_stores(const char* directory) {
  const twoway_provider* crypto = twoway_openssl_provider();
  static const char* const names[] = {"default"};
  static const char* const missing[] = {"nonesuch"};
  static const char* const null_name[] = {NULL};
  struct text_source source = {"correct horse", 0, 0, TWOWAY_OK, 0, 0};
  twoway_secret_source passphrase = secret_source(&source);
  twoway_openssl_key_store* store = NULL;
  twoway_private_key* key = NULL;
  twoway_error error;
  EVP_PKEY* pkey = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
  char path[512];
  FILE* file;
  snprintf(path, sizeof path, "%s/encrypted.pem", directory);
  file = fopen(path, "wb");
  REQUIRE(file != NULL);
  CHECK(PEM_write_PKCS8PrivateKey(file, pkey, EVP_aes_256_cbc(), NULL, 0, NULL,
                                  (char*)"correct horse") == 1);
  fclose(file);
  EVP_PKEY_free(pkey);

  CHECK_STATUS(twoway_openssl_key_store_open(missing, 1, NULL, NULL, &store, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_openssl_key_store_open(names, 1, "/nonexistent.cnf", NULL, &store, NULL),
               TWOWAY_MALFORMED);
  CHECK_STATUS(twoway_openssl_key_store_open(null_name, 1, NULL, NULL, &store, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(store == NULL);
  REQUIRE_OK(twoway_openssl_key_store_open(names, 1, NULL, "provider=default", &store, NULL));
  twoway_openssl_key_store_free(store);
  REQUIRE_OK(twoway_openssl_key_store_open(NULL, 0, NULL, NULL, &store, NULL));

  REQUIRE_OK(twoway_openssl_key_store_load(store, path, &passphrase, &key, NULL));
  CHECK(source.asked == 1);
  check_key(crypto, key, TWOWAY_KEM_X25519);
  CHECK(source.released == 0);
  twoway_private_key_free(key);
  CHECK(source.released == 1);

  source.text = "wrong";
  CHECK_STATUS(twoway_openssl_key_store_load(store, path, &passphrase, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(key == NULL);
  source.status = TWOWAY_LIMIT_EXCEEDED;
  source.native = 9;
  CHECK_STATUS(twoway_openssl_key_store_load(store, path, &passphrase, &key, &error),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(error.native == 9);
  source.status = TWOWAY_OK;
  source.size = TWOWAY_MAX_PASSPHRASE + 1;
  CHECK_STATUS(twoway_openssl_key_store_load(store, path, &passphrase, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(source.released == 4);
  passphrase.read = NULL;
  CHECK_STATUS(twoway_openssl_key_store_load(store, path, &passphrase, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 5);
  passphrase.size = 0;
  CHECK_STATUS(twoway_openssl_key_store_load(store, path, &passphrase, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 5);
  CHECK_STATUS(twoway_openssl_key_store_load(store, path, NULL, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK_STATUS(twoway_openssl_key_store_load(store, "", NULL, &key, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_openssl_key_store_load(store, "/nonexistent.pem", NULL, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  twoway_openssl_key_store_free(store);
}

void openssl_null_calls(const char* path) {
  struct openssl_objects all;
  memset(&all, 0, sizeof all);
  all.twoway_provider = twoway_openssl_provider();
  all.uri = path;
  all.twoway_secret_source = unused_source(&all.released);
  all.evp_pkey_st = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
  REQUIRE_OK(twoway_openssl_private_key(all.evp_pkey_st, 0, &all.twoway_private_key, NULL));
  REQUIRE_OK(
      twoway_openssl_key_store_open(NULL, 0, NULL, NULL, &all.twoway_openssl_key_store, NULL));
  null_calls_of_openssl(&all, kSuite);
  twoway_openssl_key_store_free(all.twoway_openssl_key_store);
  twoway_private_key_free(all.twoway_private_key);
  EVP_PKEY_free(all.evp_pkey_st);
}
