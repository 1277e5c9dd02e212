// A replay filter in memory, for tests.
#pragma once

#include "exchange_pair.hpp"

namespace twoway::test {

inline std::unique_ptr<MemoryReplayFilter> new_filter(const MemoryReplayFilterOptions& options) {
  auto filter = MemoryReplayFilter::create(any_provider(), options);
  REQUIRE_OK(filter);
  return std::move(*filter);
}

}  // namespace twoway::test
