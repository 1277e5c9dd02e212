// Reads and writes the fixed-width, big-endian fields of the formats.
#pragma once

#include <algorithm>
#include <cstdlib>

#include <twoway/framing/types.hpp>

namespace twoway::framing {

/// Reads fields from the front of `bytes`. After the first field that does not fit, all later ones
/// are empty or zero and `failed` is true, so that callers check once.
class Reader {
 public:
  explicit Reader(ByteView bytes) noexcept : rest_(bytes) {}

  ByteView bytes(std::size_t size) noexcept {
    if (size > rest_.size()) failed_ = true;
    if (failed_) return {};
    const ByteView field = rest_.first(size);
    rest_ = rest_.subspan(size);
    return field;
  }

  std::uint8_t u8() noexcept {
    const ByteView field = bytes(1);
    return field.empty() ? std::uint8_t{0} : field[0];
  }

  std::uint16_t u16() noexcept {
    const ByteView field = bytes(2);
    return field.empty() ? std::uint16_t{0}
                         : static_cast<std::uint16_t>(field[0] * 256U + field[1]);
  }

  bool failed() const noexcept { return failed_; }
  bool at_end() const noexcept { return !failed_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool failed_ = false;
};

/// Writes fields to the front of a buffer, which the caller must make large enough.
class Writer {
 public:
  explicit Writer(ByteSpan out) noexcept : rest_(out) {}

  void bytes(ByteView field) noexcept {
    if (field.size() > rest_.size()) std::abort();
    std::copy(field.begin(), field.end(), rest_.begin());
    rest_ = rest_.subspan(field.size());
  }

  void u8(std::uint8_t value) noexcept { bytes({&value, 1}); }

  void u16(std::uint16_t value) noexcept {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value));
  }

 private:
  ByteSpan rest_;
};

}  // namespace twoway::framing
