#include <cinttypes>
#include <cstdio>
#include <cstdlib>

#include <twoway/core/error.hpp>

namespace twoway::core::detail {

void no_value(const Error& error) noexcept {
  std::fprintf(stderr, "twoway: the value of a failed result was read. Its error is %s: %s",
               to_string(error.code), error.message);
  if (error.native != 0) {
    std::fprintf(stderr, " (native code %" PRIu64 ", 0x%" PRIx64 ")", error.native, error.native);
  }
  std::fputc('\n', stderr);
  std::abort();
}

void no_error() noexcept {
  std::fputs("twoway: the error of a successful result was read\n", stderr);
  std::abort();
}

}  // namespace twoway::core::detail
