// A fuzz target's input, read as decisions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz.hpp"

namespace twoway::fuzz {

/// Reads decisions from the input. Zeros follow its end.
class Choices {
 public:
  explicit Choices(core::ByteView input) : rest_(input) {}
  bool left() const { return !rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t value = rest_[0];
    rest_ = rest_.subspan(1);
    return value;
  }
  std::size_t below(std::size_t bound) {
    const std::size_t high = bound > 256 ? byte() : 0U;
    return (high << 8 | byte()) % bound;
  }
  /// Returns 1 to 4 sizes, to be used in turn.
  std::vector<std::size_t> sizes() {
    std::vector<std::size_t> sizes(1 + below(4));
    for (std::size_t& size : sizes) size = byte();
    return sizes;
  }

 private:
  core::ByteView rest_;
};

}  // namespace twoway::fuzz
