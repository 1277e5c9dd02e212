#include "progress.hpp"

#include <unistd.h>

#ifdef TWOWAY_PROGRESS_BAR
#include <boost/timer/progress_display.hpp>
#endif

namespace twoway::cli {

#ifdef TWOWAY_PROGRESS_BAR

namespace {

constexpr std::uint64_t kLong = std::uint64_t{1} << 26;

}  // namespace

struct Progress::Bar {
  explicit Bar(std::uint64_t size) : display(size, std::cerr, "") {}
  boost::timer::progress_display display;
};

Progress::Progress(const std::optional<std::uint64_t>& size) {
  const bool shown = isatty(STDERR_FILENO) != 0 && isatty(STDOUT_FILENO) == 0;
  if (size && *size >= kLong && shown) bar_ = std::make_unique<Bar>(*size);
}

// A file that grew has more than was expected.
void Progress::add(std::size_t size) noexcept {
  if (bar_ == nullptr) return;
  const std::uint64_t left = bar_->display.expected_count() - bar_->display.count();
  bar_->display += size < left ? size : left;
}

Progress::~Progress() {
  if (bar_ != nullptr && bar_->display.count() < bar_->display.expected_count()) {
    std::cerr << std::endl;
  }
}

#else

struct Progress::Bar {};
Progress::Progress(const std::optional<std::uint64_t>&) {}
void Progress::add(std::size_t) noexcept {}
Progress::~Progress() = default;

#endif

}  // namespace twoway::cli
