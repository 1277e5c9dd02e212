// The clock of a key ring and a replay filter.
//
// Who needs it: applications that give a key ring or a replay filter a clock of their own.
#pragma once

#include <chrono>

#include <twoway/core/export.hpp>

namespace twoway {

/// A time of day, to the second or better.
using TimePoint = std::chrono::system_clock::time_point;

/// Tells the time. Thread-safe. Derive from it for tests, or if the time comes from elsewhere.
class TWOWAY_INTERFACE Clock {
 public:
  virtual ~Clock() = default;
  /// Returns the time of day.
  virtual TimePoint now() const noexcept = 0;
};

namespace detail {

/// Returns the time of `clock`, or of the system's clock if it is null.
inline TimePoint now(const Clock* clock) noexcept {
  return clock != nullptr ? clock->now() : std::chrono::system_clock::now();
}

}  // namespace detail
}  // namespace twoway
