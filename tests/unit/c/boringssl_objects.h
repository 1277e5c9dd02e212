// The objects for the calls that null_calls.py writes.
#ifndef TWOWAY_TESTS_C_BORINGSSL_OBJECTS_H
#define TWOWAY_TESTS_C_BORINGSSL_OBJECTS_H

#include <twoway/boringssl.h>

#include "provider_cases.h"

struct boringssl_objects {
  const twoway_provider* twoway_provider;
};

/// Written by null_calls.py.
void null_calls_of_boringssl(struct boringssl_objects* all, twoway_suite suite);

#endif
