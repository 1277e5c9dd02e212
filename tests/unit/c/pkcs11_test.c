// <twoway/pkcs11.h>: keys in a SoftHSM token.
#include <stdlib.h>

#include <twoway/pkcs11.h>

#include "provider_cases.h"

void token_lists(const twoway_provider* crypto, const char* module_path, const char* pin) {
  struct text_source source = {pin, 0, 0, TWOWAY_OK, 0, 0};
  twoway_secret_source secret = secret_source(&source);
  const uint8_t id[3] = {1, 0, 2};
  const uint8_t other_id[1] = {9};
  twoway_pkcs11_options options;
  twoway_pkcs11_modules* modules = NULL;
  twoway_pkcs11_tokens* tokens = NULL;
  twoway_pkcs11_keys* keys = NULL;
  twoway_pkcs11_token* token = NULL;
  twoway_private_key* key = NULL;
  const twoway_pkcs11_token_info* listed;
  const twoway_pkcs11_key_info* first;
  uint8_t pk[65];
  size_t size = 0;
  size_t i;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.pin = &secret;

  // Modules, which depend on the system.
  REQUIRE_OK(twoway_pkcs11_list_modules(&modules, NULL));
  for (i = 0; i < twoway_pkcs11_modules_count(modules); ++i) {
    const twoway_pkcs11_module_info* module = twoway_pkcs11_modules_get(modules, i);
    REQUIRE(module != NULL);
    CHECK(module->name[0] != 0 && module->path[0] != 0 && module->init_arguments != NULL);
  }
  CHECK(twoway_pkcs11_modules_get(modules, i) == NULL);
  twoway_pkcs11_modules_free(modules);

  // Tokens, without a PIN.
  CHECK_STATUS(twoway_pkcs11_list_tokens("/nonexistent.so", NULL, &tokens, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(tokens == NULL);
  REQUIRE_OK(twoway_pkcs11_list_tokens(module_path, NULL, &tokens, NULL));
  REQUIRE(twoway_pkcs11_tokens_count(tokens) == 1);
  CHECK(twoway_pkcs11_tokens_get(tokens, 1) == NULL);
  listed = twoway_pkcs11_tokens_get(tokens, 0);
  REQUIRE(listed != NULL);
  CHECK(strcmp(listed->label, "gateway") == 0);
  CHECK(listed->serial[0] != 0 && listed->manufacturer[0] != 0 && listed->model[0] != 0);
  CHECK(listed->login_required == 1 && listed->protected_authentication == 0);
  CHECK(listed->pin_final_try == 0 && listed->pin_locked == 0);

  // The token by its URI, and its keys.
  REQUIRE_OK(twoway_pkcs11_token_open(listed->uri, &options, &token, NULL));
  REQUIRE_OK(twoway_pkcs11_token_list_keys(token, &keys, NULL));
  CHECK(twoway_pkcs11_keys_count(keys) == 0);
  CHECK(twoway_pkcs11_keys_get(keys, 0) == NULL);
  twoway_pkcs11_keys_free(keys);
  REQUIRE_OK(twoway_pkcs11_token_generate_key(token, crypto, TWOWAY_KEM_P256, "listed", id, 3, &key,
                                              NULL));
  REQUIRE_OK(twoway_private_key_public_key(key, pk, sizeof pk, &size, NULL));
  twoway_private_key_free(key);
  REQUIRE_OK(twoway_pkcs11_token_generate_key(token, crypto, TWOWAY_KEM_P256, "other", other_id, 1,
                                              &key, NULL));
  twoway_private_key_free(key);
  REQUIRE_OK(twoway_pkcs11_token_list_keys(token, &keys, NULL));
  REQUIRE(twoway_pkcs11_keys_count(keys) == 2);
  first = twoway_pkcs11_keys_get(keys, 0);
  if (strcmp(first->label, "listed") != 0) first = twoway_pkcs11_keys_get(keys, 1);
  CHECK(strcmp(first->label, "listed") == 0);
  CHECK(first->id_size == 3 && memcmp(first->id, id, 3) == 0);
  CHECK(first->kem == TWOWAY_KEM_P256 && first->derivable == 1 && first->extractable == 0);
  REQUIRE(first->public_key_size == 65);
  CHECK(memcmp(first->public_key, pk, 65) == 0);
  twoway_pkcs11_token_free(token);
  CHECK(source.released == 1);
  REQUIRE_OK(twoway_pkcs11_open_key(crypto, first->uri, &options, NULL, 0, &key, NULL));
  check_key(crypto, key, TWOWAY_KEM_P256);
  twoway_private_key_free(key);
  CHECK(source.released == 2);

  // A PIN is all of its bytes: one with a zero byte in it is not its beginning.
  source.text =
      "123456\0"
      "7";
  source.size = 8;
  REQUIRE(strcmp(source.text, pin) == 0);
  CHECK_STATUS(twoway_pkcs11_open_key(crypto, first->uri, &options, NULL, 0, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(key == NULL);
  twoway_pkcs11_keys_free(keys);
  twoway_pkcs11_tokens_free(tokens);

  CHECK_STATUS(twoway_pkcs11_list_modules(NULL, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_list_tokens(NULL, NULL, &tokens, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_list_tokens(module_path, NULL, NULL, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_token_list_keys(NULL, &keys, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(twoway_pkcs11_modules_count(NULL) == 0 && twoway_pkcs11_modules_get(NULL, 0) == NULL);
  CHECK(twoway_pkcs11_tokens_count(NULL) == 0 && twoway_pkcs11_tokens_get(NULL, 0) == NULL);
  CHECK(twoway_pkcs11_keys_count(NULL) == 0 && twoway_pkcs11_keys_get(NULL, 0) == NULL);
  twoway_pkcs11_modules_free(NULL);
  twoway_pkcs11_tokens_free(NULL);
  twoway_pkcs11_keys_free(NULL);
}

void token_keys(const twoway_provider* crypto, const char* uri, const char* pin,
                const char* pin_file) {
  struct text_source source = {pin, 0, 0, TWOWAY_OK, 0, 0};
  twoway_secret_source secret = secret_source(&source);
  const uint8_t id[2] = {1, 2};
  const uint8_t other_id[1] = {9};
  twoway_pkcs11_options options;
  twoway_pkcs11_token* token = NULL;
  twoway_private_key* key = NULL;
  twoway_private_key* same = NULL;
  uint8_t pk[65];
  uint8_t same_pk[65];
  char key_uri[512];
  char* query = strstr((char*)uri, "?");
  size_t size = 0;
  REQUIRE(query != NULL);
  snprintf(key_uri, sizeof key_uri, "%.*s;object=second;id=%%07%s", (int)(query - uri), uri, query);
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.pin = &secret;
  options.max_sessions = 2;
  options.deadline_ms = 5000;

  CHECK_STATUS(twoway_pkcs11_token_open("pkcs12:", &options, &token, NULL), TWOWAY_MALFORMED);
  CHECK(source.released == 1);
  CHECK_STATUS(twoway_pkcs11_token_open("pkcs11:?x-init-reserved=a", &options, &token, NULL),
               TWOWAY_INVALID_ARGUMENT);  // no module
  CHECK_STATUS(twoway_pkcs11_token_open(uri, &options, NULL, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_token_open(NULL, &options, &token, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 4);
  options.pin_file = pin_file;
  CHECK_STATUS(twoway_pkcs11_token_open(uri, &options, &token, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 5);
  options.pin_file = NULL;
  secret.read = NULL;
  CHECK_STATUS(twoway_pkcs11_token_open(uri, &options, &token, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 6);
  options.size = 0;
  CHECK_STATUS(twoway_pkcs11_token_open(uri, &options, &token, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 6);
  CHECK(token == NULL);
  options.size = sizeof options;
  secret = secret_source(&source);

  REQUIRE_OK(twoway_pkcs11_token_open(uri, &options, &token, NULL));
  CHECK(source.asked == 0);
  CHECK_STATUS(twoway_pkcs11_token_generate_key(token, crypto, 0x7777, "first", id, 2, &key, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(
      twoway_pkcs11_token_generate_key(token, crypto, TWOWAY_KEM_P256, NULL, NULL, 0, &key, NULL),
      TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(
      twoway_pkcs11_token_generate_key(NULL, crypto, TWOWAY_KEM_P256, "first", id, 2, &key, NULL),
      TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(
      twoway_pkcs11_token_generate_key(token, NULL, TWOWAY_KEM_P256, "first", id, 2, &key, NULL),
      TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_token_generate_key(token, crypto, TWOWAY_KEM_P256, "first", NULL, 2,
                                                &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(
      twoway_pkcs11_token_generate_key(token, crypto, TWOWAY_KEM_P256, "first", id, 2, NULL, NULL),
      TWOWAY_INVALID_ARGUMENT);
  CHECK(key == NULL);
  REQUIRE_OK(
      twoway_pkcs11_token_generate_key(token, crypto, TWOWAY_KEM_P256, "first", id, 2, &key, NULL));
  CHECK(source.asked == 1);
  check_key(crypto, key, TWOWAY_KEM_P256);
  REQUIRE_OK(twoway_private_key_public_key(key, pk, sizeof pk, &size, NULL));

  // By label, by id, with a public key of the caller's.
  REQUIRE_OK(twoway_pkcs11_token_open_key(token, crypto, "first", NULL, 0, NULL, 0, &same, NULL));
  twoway_private_key_free(same);
  REQUIRE_OK(twoway_pkcs11_token_open_key(token, crypto, NULL, id, 2, pk, sizeof pk, &same, NULL));
  REQUIRE_OK(twoway_private_key_public_key(same, same_pk, sizeof same_pk, &size, NULL));
  CHECK(memcmp(pk, same_pk, sizeof pk) == 0);
  twoway_private_key_free(same);
  CHECK_STATUS(twoway_pkcs11_token_open_key(token, crypto, NULL, other_id, 1, NULL, 0, &same, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK_STATUS(
      twoway_pkcs11_token_open_key(token, crypto, NULL, id, 2, pk, sizeof pk - 1, &same, NULL),
      TWOWAY_INVALID_KEY);
  CHECK_STATUS(twoway_pkcs11_token_open_key(NULL, crypto, "first", NULL, 0, NULL, 0, &same, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_token_open_key(token, NULL, "first", NULL, 0, NULL, 0, &same, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_token_open_key(token, crypto, NULL, NULL, 2, NULL, 0, &same, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_token_open_key(token, crypto, NULL, NULL, 0, NULL, 65, &same, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_token_open_key(token, crypto, NULL, NULL, 0, NULL, 0, NULL, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(same == NULL);

  // The key keeps the token, and the token keeps the source of the PIN.
  twoway_pkcs11_token_reset_pin(token);
  twoway_pkcs11_token_reset_pin(NULL);
  twoway_pkcs11_token_free(token);
  twoway_pkcs11_token_free(NULL);
  CHECK(source.released == 6);
  check_key(crypto, key, TWOWAY_KEM_P256);
  twoway_private_key_free(key);
  CHECK(source.released == 7);

  // Token and key in one call, with a PIN from a file and from the environment.
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.pin_file = pin_file;
  REQUIRE_OK(twoway_pkcs11_generate_key(crypto, key_uri, TWOWAY_KEM_P256, &options, &key, NULL));
  twoway_private_key_free(key);
  CHECK_STATUS(twoway_pkcs11_generate_key(crypto, key_uri, TWOWAY_KEM_P256, &options, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);  // taken
  CHECK_STATUS(twoway_pkcs11_generate_key(NULL, key_uri, TWOWAY_KEM_P256, &options, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_generate_key(crypto, NULL, TWOWAY_KEM_P256, &options, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_generate_key(crypto, key_uri, TWOWAY_KEM_P256, &options, NULL, NULL),
               TWOWAY_INVALID_ARGUMENT);
  options.pin_file = NULL;
  options.pin_environment = "TWOWAY_TEST_PIN";
  setenv("TWOWAY_TEST_PIN", pin, 1);
  REQUIRE_OK(twoway_pkcs11_open_key(crypto, key_uri, &options, NULL, 0, &key, NULL));
  check_key(crypto, key, TWOWAY_KEM_P256);
  twoway_private_key_free(key);
  unsetenv("TWOWAY_TEST_PIN");
  CHECK_STATUS(twoway_pkcs11_open_key(crypto, key_uri, &options, NULL, 0, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK_STATUS(twoway_pkcs11_open_key(NULL, key_uri, &options, NULL, 0, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_open_key(crypto, NULL, &options, NULL, 0, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_open_key(crypto, key_uri, &options, NULL, 65, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_pkcs11_open_key(crypto, key_uri, &options, NULL, 0, NULL, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(key == NULL);
  CHECK_STATUS(twoway_pkcs11_open_key(crypto, key_uri, NULL, NULL, 0, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);  // no PIN
}
