// Runs work on many threads at once.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace twoway::test {

inline constexpr unsigned kThreads = 8;

/// Runs `work(thread)` on `count` threads at once. Catch2's assertions belong to one thread, so the
/// work returns true if all was well.
template <typename Work>
bool on_threads(Work work, unsigned count = kThreads) {
  std::atomic<unsigned> waiting{count};
  std::atomic<bool> good{true};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      --waiting;
      while (waiting != 0) std::this_thread::yield();
      if (!work(i)) good = false;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return good;
}

}  // namespace twoway::test
