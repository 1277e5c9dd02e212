// Assertions for tests in C. They count as Catch2's own. A REQUIRE that fails leaves its function.
#ifndef TWOWAY_TESTS_C_CHECK_H
#define TWOWAY_TESTS_C_CHECK_H

#include <twoway/twoway.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Counts one assertion, and reports `what` if it does not hold. Returns `holds`.
int check(int holds, const char* file, int line, const char* what);

/// Counts one assertion on a status, and names both statuses if they differ.
int check_status(twoway_status status, twoway_status expected, const char* file, int line,
                 const char* what);

#ifdef __cplusplus
}

#else  // C++ has Catch2's

#define CHECK(condition) ((void)check((condition) != 0, __FILE__, __LINE__, #condition))
#define REQUIRE(condition)                                                \
  do {                                                                    \
    if (!check((condition) != 0, __FILE__, __LINE__, #condition)) return; \
  } while (0)
#define CHECK_STATUS(call, expected) \
  ((void)check_status((call), (expected), __FILE__, __LINE__, #call))
#define REQUIRE_STATUS(call, expected)                                        \
  do {                                                                        \
    if (!check_status((call), (expected), __FILE__, __LINE__, #call)) return; \
  } while (0)
#define CHECK_OK(call) CHECK_STATUS(call, TWOWAY_OK)
#define REQUIRE_OK(call) REQUIRE_STATUS(call, TWOWAY_OK)

#endif

#endif
