// The objects for the calls that null_calls.py writes.
#ifndef TWOWAY_TESTS_C_OPENSSL_OBJECTS_H
#define TWOWAY_TESTS_C_OPENSSL_OBJECTS_H

#include <twoway/openssl.h>

#include "provider_cases.h"

/// Each has the name of its type, or a text that of its argument.
struct openssl_objects {
  const twoway_provider* twoway_provider;
  twoway_private_key* twoway_private_key;
  twoway_openssl_key_store* twoway_openssl_key_store;
  struct evp_pkey_st* evp_pkey_st;
  const char* uri;
  const char* config;
  const char* properties;

  int released;
  twoway_secret_source twoway_secret_source;
};

/// Written by null_calls.py.
void null_calls_of_openssl(struct openssl_objects* all, twoway_suite suite);

#endif
