// A clock that moves when a test says so.
#pragma once

#include <atomic>

#include <twoway/clock.hpp>

namespace twoway::test {

class FakeClock final : public Clock {
 public:
  using Duration = TimePoint::duration;

  TimePoint now() const noexcept override { return TimePoint(Duration(ticks_)); }
  void set(TimePoint time) noexcept { ticks_ = time.time_since_epoch().count(); }
  void advance(Duration time) noexcept { ticks_ += time.count(); }

 private:
  std::atomic<Duration::rep> ticks_ = Duration(std::chrono::hours(490000)).count();
};

}  // namespace twoway::test
