#include "crew.hpp"

namespace twoway::bench {

Crew::Crew(std::size_t threads)
    : start_(static_cast<std::ptrdiff_t>(threads + 1)),
      finish_(static_cast<std::ptrdiff_t>(threads + 1)) {
  for (std::size_t i = 0; threads > 1 && i < threads; ++i) {
    threads_.emplace_back([this, i] { work(i); });
  }
}

Crew::~Crew() {
  if (threads_.empty()) return;
  sides_ = nullptr;
  start_.arrive_and_wait();
  for (std::thread& thread : threads_) thread.join();
}

Crew::Clock::duration Crew::run(const std::vector<Side>& sides, std::size_t count) {
  sides_ = &sides;
  left_ = count;
  const Clock::time_point start = Clock::now();
  if (threads_.empty()) {
    sides[0].run(count);
  } else {
    start_.arrive_and_wait();
    finish_.arrive_and_wait();
  }
  return Clock::now() - start;
}

void Crew::work(std::size_t thread) {
  for (;;) {
    start_.arrive_and_wait();
    if (sides_ == nullptr) return;
    for (std::size_t left = left_; left != 0;) {
      if (!left_.compare_exchange_weak(left, left - 1)) continue;
      (*sides_)[thread].run(1);
      left = left_;
    }
    finish_.arrive_and_wait();
  }
}

}  // namespace twoway::bench
