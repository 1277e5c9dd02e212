// How many heap blocks this thread has asked for, the crypto library's included.
#pragma once

#include <cstddef>

namespace twoway::test {

/// Calls of malloc, calloc, realloc and the aligned ones so far. It only grows.
std::size_t allocations() noexcept;

}  // namespace twoway::test
