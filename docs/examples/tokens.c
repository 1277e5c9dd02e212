// Private keys in PKCS#11 tokens, in C: an example of docs/c.md.
#include <stdio.h>
#include <string.h>

#include <twoway/openssl.h>
#include <twoway/pkcs11.h>
#include <twoway/twoway.h>

// example {
/// Prints the URIs of a token's keys.
static twoway_status print_keys(const char* token_uri, const twoway_pkcs11_options* options,
                                twoway_error* error) {
  twoway_pkcs11_token* token = NULL;
  twoway_pkcs11_keys* keys = NULL;
  size_t i;
  twoway_status status = twoway_pkcs11_token_open(token_uri, options, &token, error);
  if (status == TWOWAY_OK) status = twoway_pkcs11_token_list_keys(token, &keys, error);
  for (i = 0; i < twoway_pkcs11_keys_count(keys); ++i) {
    printf("  %s\n", twoway_pkcs11_keys_get(keys, i)->uri);
  }
  twoway_pkcs11_keys_free(keys);
  twoway_pkcs11_token_free(token);
  return status;
}

/// Prints the tokens of a module, and the keys of the one that is called `label`: a PIN goes to no
/// token but its own.
static twoway_status print_tokens(const char* module_path, const char* label,
                                  const twoway_pkcs11_options* options, twoway_error* error) {
  twoway_pkcs11_tokens* tokens = NULL;
  size_t i;
  twoway_status status = twoway_pkcs11_list_tokens(module_path, NULL, &tokens, error);
  for (i = 0; status == TWOWAY_OK && i < twoway_pkcs11_tokens_count(tokens); ++i) {
    const twoway_pkcs11_token_info* token = twoway_pkcs11_tokens_get(tokens, i);
    printf("%s\n", token->uri);
    if (strcmp(token->label, label) == 0) status = print_keys(token->uri, options, error);
  }
  twoway_pkcs11_tokens_free(tokens);
  return status;
}

/// Adds the key that a URI names to a ring. The PIN is read from a file at each login.
static twoway_status add_token_key(const twoway_provider* crypto, twoway_key_ring* ring,
                                   uint8_t key_id, const char* uri, const char* pin_file,
                                   twoway_error* error) {
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  twoway_pkcs11_options options = {0};
  twoway_private_key* key = NULL;
  twoway_status status;
  options.size = sizeof options;
  options.pin_file = pin_file;
  status = twoway_pkcs11_open_key(crypto, uri, &options, NULL, 0, &key, error);
  if (status == TWOWAY_OK) {
    status = twoway_key_ring_add(ring, key_id, key, &pair, 1, TWOWAY_KEY_ACTIVE, error);
  }
  twoway_private_key_free(key);
  return status;
}
// } example

int main(int count, char** arguments) {
  const twoway_provider* crypto = twoway_openssl_provider();
  twoway_pkcs11_options options = {0};
  twoway_key_ring* ring = NULL;
  twoway_private_key* key = NULL;
  char uri[512];
  int good;
  if (count != 4) {
    fprintf(stderr, "usage: tokens MODULE LABEL PIN-FILE\n");
    return 2;
  }
  options.size = sizeof options;
  options.pin_file = arguments[3];
  snprintf(uri, sizeof uri, "pkcs11:token=%s;object=example?module-path=%s", arguments[2],
           arguments[1]);
  good =
      twoway_pkcs11_generate_key(crypto, uri, TWOWAY_KEM_P256, &options, &key, NULL) == TWOWAY_OK &&
      print_tokens(arguments[1], arguments[2], &options, NULL) == TWOWAY_OK &&
      twoway_key_ring_new(crypto, NULL, &ring, NULL) == TWOWAY_OK &&
      add_token_key(crypto, ring, 1, uri, arguments[3], NULL) == TWOWAY_OK;
  twoway_key_ring_free(ring);
  twoway_private_key_free(key);
  return good ? 0 : 1;
}
