// Includes and helpers of all fuzz targets.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <twoway/core/bytes.hpp>

/// Checks an invariant of a fuzz target. Aborts if it does not hold, so that the input is kept.
#define FUZZ_REQUIRE(condition)                                                           \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)

namespace twoway::fuzz {

inline bool equal(core::ByteView a, core::ByteView b) { return std::ranges::equal(a, b); }

}  // namespace twoway::fuzz
