// Views of bytes, and the one owning byte string that is not secret.
//
// Who needs it: applications.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include <twoway/core/export.hpp>
#include <twoway/core/lifetime.hpp>

namespace twoway::core {

using ByteView = std::span<const std::uint8_t>;  ///< bytes to read, never owned
using ByteSpan = std::span<std::uint8_t>;        ///< bytes to write, never owned
using Bytes = std::vector<std::uint8_t>;         ///< owned bytes that need no wiping

/// Several inputs read as their concatenation, so that secrets are never copied together.
using Gather = std::span<const ByteView>;

/// Returns the bytes of a string without a terminator. The string must outlive the view.
inline ByteView as_bytes(std::string_view text TWOWAY_LIFETIMEBOUND) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Returns true if both hold the same bytes. Not in constant time: for public values only.
inline bool equal(ByteView a, ByteView b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Returns true if the two share a byte.
inline bool overlap(ByteView a, ByteView b) noexcept {
  const std::less<> before;
  return !a.empty() && !b.empty() && before(a.data(), b.data() + b.size()) &&
         before(b.data(), a.data() + a.size());
}

/// Returns true if `inner` starts `at` bytes into `outer`, or if the two share no byte. A function
/// that writes one of them while it reads the other allows nothing else.
inline bool apart_or_at(ByteView outer, ByteView inner, std::size_t at) noexcept {
  return !overlap(outer, inner) || inner.data() == outer.data() + at;
}

}  // namespace twoway::core
