// Tests in C of the providers' own headers.
#ifndef TWOWAY_TESTS_C_PROVIDER_CASES_H
#define TWOWAY_TESTS_C_PROVIDER_CASES_H

#include <stdio.h>
#include <string.h>

#include "check.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The text of a secret source, unless it fails.
struct text_source {
  const char* text;
  int asked;
  int released;
  twoway_status status;
  uint64_t native;
  size_t size;  ///< the size that it claims to have written, or 0 for the text's
};

twoway_secret_source secret_source(struct text_source* source);

/// Adds a key to a ring, which tests it.
void check_key(const twoway_provider* crypto, const twoway_private_key* key, uint16_t kem);

void openssl_providers(void);
void openssl_evp_keys(void);
void openssl_key_stores(const char* directory);
void boringssl_provider(void);
void sodium_provider(void);

/// `module_path` is a module with one token, "gateway", which has no keys.
void token_lists(const twoway_provider* crypto, const char* module_path, const char* pin);

/// A key in a TPM at `path`, and one at `handle` whose authorisation value is `auth`.
void tpm_keys(const char* path, const char* handle, const char* auth);

/// `uri` names a token without keys, `pin` is its PIN, and `pin_file` holds it.
void token_keys(const twoway_provider* crypto, const char* uri, const char* pin,
                const char* pin_file);

#ifdef __cplusplus
}
#endif

#endif
