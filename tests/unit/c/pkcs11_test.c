// <twoway/pkcs11.h>: keys in a SoftHSM token.
#include <stdlib.h>

#include "pkcs11_objects.h"

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
  CHECK(source.released == 2);
  options.pin_file = pin_file;
  CHECK_STATUS(twoway_pkcs11_token_open(uri, &options, &token, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 3);
  options.pin_file = NULL;
  secret.read = NULL;
  CHECK_STATUS(twoway_pkcs11_token_open(uri, &options, &token, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 4);
  options.size = 0;
  CHECK_STATUS(twoway_pkcs11_token_open(uri, &options, &token, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(source.released == 4);
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
  CHECK(same == NULL);

  // The key keeps the token, and the token keeps the source of the PIN.
  twoway_pkcs11_token_reset_pin(token);
  twoway_pkcs11_token_free(token);
  CHECK(source.released == 4);
  check_key(crypto, key, TWOWAY_KEM_P256);
  twoway_private_key_free(key);
  CHECK(source.released == 5);

  // Token and key in one call, with a PIN from a file and from the environment.
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.pin_file = pin_file;
  REQUIRE_OK(twoway_pkcs11_generate_key(crypto, key_uri, TWOWAY_KEM_P256, &options, &key, NULL));
  twoway_private_key_free(key);
  CHECK_STATUS(twoway_pkcs11_generate_key(crypto, key_uri, TWOWAY_KEM_P256, &options, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);  // taken
  options.pin_file = NULL;
  options.pin_environment = "TWOWAY_TEST_PIN";
  setenv("TWOWAY_TEST_PIN", pin, 1);
  REQUIRE_OK(twoway_pkcs11_open_key(crypto, key_uri, &options, NULL, 0, &key, NULL));
  check_key(crypto, key, TWOWAY_KEM_P256);
  twoway_private_key_free(key);
  unsetenv("TWOWAY_TEST_PIN");
  CHECK_STATUS(twoway_pkcs11_open_key(crypto, key_uri, &options, NULL, 0, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(key == NULL);
  CHECK_STATUS(twoway_pkcs11_open_key(crypto, key_uri, NULL, NULL, 0, &key, NULL),
               TWOWAY_KEY_UNAVAILABLE);  // no PIN
}

void token_null_calls(const twoway_provider* crypto, const char* uri, const char* module_path) {
  struct pkcs11_objects all;
  memset(&all, 0, sizeof all);
  all.twoway_provider = crypto;
  all.uri = uri;
  all.module_path = module_path;
  all.pin = unused_source(&all.released);
  all.twoway_pkcs11_options.size = sizeof all.twoway_pkcs11_options;
  all.twoway_pkcs11_options.pin = &all.pin;
  REQUIRE_OK(twoway_private_key_generate(crypto, TWOWAY_KEM_P256, &all.twoway_private_key, NULL));
  REQUIRE_OK(twoway_pkcs11_token_open(uri, NULL, &all.twoway_pkcs11_token, NULL));
  REQUIRE_OK(twoway_pkcs11_list_modules(&all.twoway_pkcs11_modules, NULL));
  REQUIRE_OK(twoway_pkcs11_list_tokens(module_path, NULL, &all.twoway_pkcs11_tokens, NULL));
  all.twoway_pkcs11_keys = (twoway_pkcs11_keys*)&all;  // only an output, which is emptied
  null_calls_of_pkcs11(&all, kSuite);
  twoway_pkcs11_tokens_free(all.twoway_pkcs11_tokens);
  twoway_pkcs11_modules_free(all.twoway_pkcs11_modules);
  twoway_pkcs11_token_free(all.twoway_pkcs11_token);
  twoway_private_key_free(all.twoway_private_key);
}
