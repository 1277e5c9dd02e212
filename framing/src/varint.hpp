// Variable-length integers (RFC 9000 section 16).
#pragma once

#include <cstdint>

#include <twoway/framing/types.hpp>

namespace twoway::framing {

inline constexpr std::uint64_t kMaxVarint = (std::uint64_t{1} << 62) - 1;
inline constexpr std::size_t kMaxVarintSize = 8;

/// Returns the size of the shortest encoding of `value`, which is at most kMaxVarint.
constexpr std::size_t varint_size(std::uint64_t value) noexcept {
  if (value < 1U << 6) return 1;
  if (value < 1U << 14) return 2;
  return value < 1U << 30 ? 4 : 8;
}

/// Returns the size of the encoding that starts with `first`.
constexpr std::size_t varint_size_from(std::uint8_t first) noexcept {
  return std::size_t{1} << (first >> 6);
}

/// Writes the shortest encoding to the front of `out`, which has room for it.
inline void write_varint(ByteSpan out, std::uint64_t value) noexcept {
  const std::size_t size = varint_size(value);
  for (std::size_t i = size; i-- > 0; value >>= 8) out[i] = static_cast<std::uint8_t>(value);
  const unsigned prefix = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
  out[0] = static_cast<std::uint8_t>(out[0] | prefix << 6);
}

/// Returns the value of an encoding, which fills `bytes`. It need not be the shortest.
inline std::uint64_t read_varint(ByteView bytes) noexcept {
  std::uint64_t value = bytes[0] & 0x3f;
  for (const std::uint8_t byte : bytes.subspan(1)) value = value << 8 | byte;
  return value;
}

}  // namespace twoway::framing
