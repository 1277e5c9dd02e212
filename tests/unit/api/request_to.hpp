// A sealed request, for tests.
#pragma once

#include "exchange_pair.hpp"

namespace twoway::test {

inline SealedRequest request_to(const Pair& pair, std::string_view text = "question") {
  auto sealed = pair.sender->seal(as_bytes(text), kTypes);
  REQUIRE_OK(sealed);
  return std::move(*sealed);
}

}  // namespace twoway::test
