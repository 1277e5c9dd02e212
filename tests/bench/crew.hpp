// Threads that work together.
#pragma once

#include <atomic>
#include <barrier>
#include <chrono>
#include <thread>
#include <vector>

#include "pair.hpp"

namespace twoway::bench {

/// They wait between slices, because starting and ending threads costs time. One thread is the
/// caller's.
class Crew {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Crew(std::size_t threads);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();

  /// Returns the time in which the sides, one for each thread, are executed `count` times together.
  /// A thread that is ready takes the next execution, so that none waits for the slowest.
  Clock::duration run(const std::vector<Side>& sides, std::size_t count);

 private:
  void work(std::size_t thread);

  std::barrier<> start_, finish_;
  const std::vector<Side>* sides_ = nullptr;  // null at the end
  std::atomic<std::size_t> left_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace twoway::bench
