// Counts the heap blocks that this thread asks for, including those of the crypto library.
#pragma once

#include <cstddef>

namespace twoway::test {

/// Returns the number of calls of malloc, calloc, realloc and the aligned ones so far.
std::size_t allocations() noexcept;

}  // namespace twoway::test
