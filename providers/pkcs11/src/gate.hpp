// Who calls into a module: many threads, or the one that initialises or finalises it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace twoway::pkcs11 {

using Clock = std::chrono::steady_clock;

/// Thread-safe. A thread that is inside must not enter again.
class Gate {
 public:
  /// Enters beside others. Waits at most until `until` while a thread is alone inside, or claims to
  /// be. False if that took longer.
  bool enter(Clock::time_point until) noexcept {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, until, [this] { return !claimed_; })) return false;
    ++inside_;
    return true;
  }

  /// Enters alone. Keeps others out from here on, and waits at most until `until` for those that
  /// are inside. False if that took longer.
  bool enter_alone(Clock::time_point until) noexcept {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, until, [this] { return !claimed_; })) return false;
    claimed_ = true;
    if (changed_.wait_until(lock, until, [this] { return inside_ == 0; })) return true;
    claimed_ = false;
    changed_.notify_all();
    return false;
  }

  void leave() noexcept {
    const std::lock_guard lock(mutex_);
    --inside_;
    changed_.notify_all();
  }

  void leave_alone() noexcept {
    const std::lock_guard lock(mutex_);
    claimed_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned inside_ = 0;
  bool claimed_ = false;
};

}  // namespace twoway::pkcs11
