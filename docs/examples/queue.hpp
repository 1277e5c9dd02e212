// What stands for an event loop and for a pool of threads in the examples: work that any thread
// hands over, done in order by the thread that calls `run`.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace example {

class Queue {
 public:
  void post(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    changed_.notify_one();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }

  /// Does the work until `done` says so after some of it, or until `stop`.
  void run(const std::function<bool()>& done) {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopped_ || !work_.empty(); });
      if (stopped_) return;
      const std::function<void()> next = std::move(work_.front());
      work_.pop_front();
      lock.unlock();
      next();
      if (done()) return;
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_;
  bool stopped_ = false;
};

}  // namespace example
