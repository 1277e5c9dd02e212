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

/// Returns a secret source that fails, and adds 1 to `*released` when it is let go.
twoway_secret_source unused_source(int* released);

/// The suite of the calls that null_calls.py writes.
extern const twoway_suite kSuite;

/// Adds a key to a ring, which tests it.
void check_key(const twoway_provider* crypto, const twoway_private_key* key, uint16_t kem);

void openssl_providers(void);
void openssl_evp_keys(void);
void openssl_key_stores(const char* directory);

/// `path` is a file with a private key.
void openssl_null_calls(const char* path);
void boringssl_provider(void);
void sodium_provider(void);

/// `module_path` is a module with one token, "gateway", which has no keys.
void token_lists(const twoway_provider* crypto, const char* module_path, const char* pin);

/// `uri` names a token, and `module_path` its module.
void token_null_calls(const twoway_provider* crypto, const char* uri, const char* module_path);

/// A key in a TPM at `path`, and one at `handle` whose authorisation value is `auth`.
void tpm_keys(const char* path, const char* handle, const char* auth);

/// `uri` names a token without keys, `pin` is its PIN, and `pin_file` holds it.
void token_keys(const twoway_provider* crypto, const char* uri, const char* pin,
                const char* pin_file);

#ifdef __cplusplus
}
#endif

#endif
