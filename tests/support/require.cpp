// Apart from support.cpp, because programs that are no tests use that, and must not need Catch2.
#include "support.hpp"

namespace twoway::test {

void require_ok(const core::Error* error, const char* what, const char* file, int line) {
  if (error != nullptr) {
    FAIL(file << ':' << line << ": " << what << ": " << core::to_string(error->code) << ": "
              << error->message);
  }
  SUCCEED();
}

void require_errc(const core::Error* error, core::Errc expected, const char* what, const char* file,
                  int line) {
  if (error == nullptr || error->code != expected) {
    FAIL(file << ':' << line << ": " << what << ": "
              << (error == nullptr ? "it succeeded" : core::to_string(error->code)) << ", expected "
              << core::to_string(expected));
  }
  SUCCEED();
}

}  // namespace twoway::test
