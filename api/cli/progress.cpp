#include "progress.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include <unistd.h>

#include "failure.hpp"

namespace twoway::cli {
namespace {

constexpr std::uint64_t kLong = std::uint64_t{1} << 26;
constexpr double kMiB = 1 << 20;
constexpr std::size_t kBarWidth = 40;
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

Progress::Progress(const std::optional<std::uint64_t>& size, bool hidden)
    : size_(size), possible_(!hidden && isatty(STDERR_FILENO) != 0) {}

void Progress::add(std::size_t size) noexcept {
  done_ += size;
  if (!possible_ || size_.value_or(done_) < kLong) return;
  const Clock::time_point now = Clock::now();
  if (!shown_ || now - *shown_ >= kPause) show(now);
}

// A file that grew has more bytes than its size said.
void Progress::show(Clock::time_point now) noexcept {
  shown_ = now;
  const std::chrono::duration<double> passed = now - start_;
  const double amount = static_cast<double>(done_) / kMiB;
  std::string line = "\r";
  if (size_) {
    const double share = static_cast<double>(done_) / static_cast<double>(std::max(*size_, done_));
    const auto filled = static_cast<std::size_t>(share * kBarWidth);
    std::array<char, 16> percent{};
    std::snprintf(percent.data(), percent.size(), "%3d%% ", static_cast<int>(share * 100));
    line += percent.data() + ('[' + std::string(filled, '#')) +
            std::string(kBarWidth - filled, ' ') + "] ";
  }
  std::array<char, 64> numbers{};
  std::snprintf(numbers.data(), numbers.size(), "%.0f MiB, %.0f MiB/s  ", amount,
                amount / std::max(passed.count(), 0.001));
  tell(line + numbers.data());
}

Progress::~Progress() {
  if (!shown_) return;
  show(Clock::now());
  tell("\n");
}

}  // namespace twoway::cli
