#include "check.h"

#include "cpp.hpp"

int check(int holds, const char* file, int line, const char* what) {
  if (holds == 0) {
    FAIL_CHECK(file << ':' << line << ": " << what);
  } else {
    SUCCEED();
  }
  return holds;
}

int check_status(twoway_status status, twoway_status expected, const char* file, int line,
                 const char* what) {
  if (status == expected) {
    SUCCEED();
    return 1;
  }
  FAIL_CHECK(file << ':' << line << ": " << what << ": " << twoway_status_name(status)
                  << ", expected " << twoway_status_name(expected));
  return 0;
}
