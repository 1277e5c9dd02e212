// Times of the C interface: seconds since 1970, kept within the range of TimePoint.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include <twoway/clock.hpp>

namespace twoway::c {

/// Returns seconds as a duration of the clock's, or the nearest one that it can hold.
inline TimePoint::duration duration(std::int64_t seconds) noexcept {
  using std::chrono::duration_cast;
  using Seconds = std::chrono::duration<std::int64_t>;
  const std::int64_t least = duration_cast<Seconds>(TimePoint::duration::min()).count();
  const std::int64_t most = duration_cast<Seconds>(TimePoint::duration::max()).count();
  return duration_cast<TimePoint::duration>(Seconds(std::clamp(seconds, least, most)));
}

inline TimePoint time_point(std::int64_t seconds) noexcept { return TimePoint(duration(seconds)); }

inline std::int64_t seconds(TimePoint time) noexcept {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace twoway::c
