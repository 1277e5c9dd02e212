// The objects for the calls that null_calls.py writes.
#ifndef TWOWAY_TESTS_C_SODIUM_OBJECTS_H
#define TWOWAY_TESTS_C_SODIUM_OBJECTS_H

#include <twoway/sodium.h>

#include "provider_cases.h"

struct sodium_objects {
  const twoway_provider* twoway_provider;
};

/// Written by null_calls.py.
void null_calls_of_sodium(struct sodium_objects* all, twoway_suite suite);

#endif
