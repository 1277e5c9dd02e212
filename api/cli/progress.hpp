// A progress bar for long work.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace twoway::cli {

/// Shows on standard error how much of an input is read, and how fast, if that is long work. Shows
/// nothing if standard error is not a terminal.
class Progress {
 public:
  /// `size` is the size of the input, if it is known. `hidden` is true if the message itself goes
  /// to a terminal.
  Progress(const std::optional<std::uint64_t>& size, bool hidden);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void add(std::size_t size) noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  void show(Clock::time_point now) noexcept;

  std::optional<std::uint64_t> size_;
  std::uint64_t done_ = 0;
  bool possible_;
  Clock::time_point start_ = Clock::now();
  std::optional<Clock::time_point> shown_;
};

}  // namespace twoway::cli
