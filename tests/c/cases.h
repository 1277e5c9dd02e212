// The tests in C: each runs over every provider, with a suite that it offers.
#ifndef TWOWAY_TESTS_C_CASES_H
#define TWOWAY_TESTS_C_CASES_H

#include "peer.h"

#define C_CASES(CASE)                                                              \
  CASE(whole_exchange, "a request and its response, each in one call")             \
  CASE(step_by_step_exchange, "a request and its response, in place")

#ifdef __cplusplus
extern "C" {
#endif

#define DECLARE_CASE(name, title) void name(const struct fixture *fixture);
C_CASES(DECLARE_CASE)
#undef DECLARE_CASE

#ifdef __cplusplus
}
#endif

#endif
