// The objects for the calls that null_calls.py writes.
#ifndef TWOWAY_TESTS_C_PKCS11_OBJECTS_H
#define TWOWAY_TESTS_C_PKCS11_OBJECTS_H

#include <twoway/pkcs11.h>

#include "provider_cases.h"

/// Each has the name of its type, or a text that of its argument.
struct pkcs11_objects {
  const twoway_provider* twoway_provider;
  twoway_private_key* twoway_private_key;
  twoway_pkcs11_token* twoway_pkcs11_token;
  twoway_pkcs11_modules* twoway_pkcs11_modules;
  twoway_pkcs11_tokens* twoway_pkcs11_tokens;
  twoway_pkcs11_keys* twoway_pkcs11_keys;
  const char* uri;
  const char* module_path;
  const char* init_arguments;
  const char* label;

  int released;
  twoway_secret_source pin;
  twoway_pkcs11_options twoway_pkcs11_options;
};

/// Written by null_calls.py.
void null_calls_of_pkcs11(struct pkcs11_objects* all, twoway_suite suite);

#endif
