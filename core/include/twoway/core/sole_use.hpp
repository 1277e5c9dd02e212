// Notices that an object which belongs to one thread of one process is used by another.
//
// Who needs it: the other headers.
#pragma once

#include <atomic>

#include <twoway/core/process.hpp>

namespace twoway::core {

/// A member of an object that must never be in use twice at once. Costs a few loads and stores and
/// no locked instruction.
///
/// Always refuses a use in a forked process, a use that begins once its thread can see that another
/// is under way, and a use within a use. If two begin in the same few nanoseconds, before either
/// thread sees the other's mark, the one whose mark was overwritten notices it at its end. Does not
/// notice uses that follow each other, which are allowed, and two that begin and also end within
/// that time.
class SoleUse {
 public:
  SoleUse() noexcept = default;
  /// An object that is moved is not in use.
  SoleUse(SoleUse&& other) noexcept
      : process_(other.process_), spoilt_(other.spoilt_.load(std::memory_order_relaxed)) {}
  SoleUse& operator=(SoleUse&& other) noexcept {
    process_ = other.process_;
    user_.store(nullptr, std::memory_order_relaxed);
    spoilt_.store(other.spoilt_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    return *this;
  }

  /// Returns the process that the object belongs to.
  const OwnProcess& process() const noexcept { return process_; }

  /// Begins a use that `user`, the address of a local variable, names. Fails with wrong_state in a
  /// copy of the process, if another use is under way, or if two once overlapped.
  Status begin(const void* user) noexcept {
    if (!process_.is_current()) return kOtherProcess;
    if (user_.load(std::memory_order_acquire) != nullptr ||
        spoilt_.load(std::memory_order_relaxed)) {
      return kUsedTwice;
    }
    user_.store(user, std::memory_order_release);
    return {};
  }

  /// Ends the use. Fails with wrong_state if another one began meanwhile: its result must not be
  /// used, and every later use is refused.
  Status end(const void* user) noexcept {
    const bool sole = user_.load(std::memory_order_acquire) == user;
    if (!sole) spoilt_.store(true, std::memory_order_relaxed);
    user_.store(nullptr, std::memory_order_release);
    return sole ? Status() : kUsedTwice;
  }

 private:
  static constexpr Error kUsedTwice{
      Errc::wrong_state,
      "this sealer is in use by two threads at once: it belongs to one at a time"};

  OwnProcess process_;
  std::atomic<const void*> user_{nullptr};
  std::atomic<bool> spoilt_{false};
};

}  // namespace twoway::core
