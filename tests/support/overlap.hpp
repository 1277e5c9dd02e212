// Two buffers of one call at every distance from each other.
#pragma once

#include <functional>

#include "support.hpp"

namespace twoway::test {

using OverlapCall = std::function<core::Result<std::size_t>(core::ByteSpan out, core::ByteView in)>;

/// A function under test. `begin` makes a new object, whose call reads `in` and writes `out`.
struct OverlapCase {
  core::Bytes in;
  std::size_t written;      ///< the number of bytes that it writes
  std::ptrdiff_t in_place;  ///< where `in` may start in `out`, before it if negative
  std::function<OverlapCall()> begin;
  std::function<bool(core::ByteView)> right;  ///< checks the bytes that it wrote
};

/// Requires that the function serves the allowed distances, and refuses the others and consumes
/// nothing.
inline void check_overlaps(const OverlapCase& f) {
  const std::size_t size = f.in.size();
  for (std::size_t at = 0; at <= size + f.written; ++at) {  // of out; in stays behind `written`
    INFO("output at " << at << ", input of " << size << " at " << f.written);
    core::Bytes memory(2 * f.written + size, 0xa5);
    std::ranges::copy(f.in, memory.begin() + static_cast<std::ptrdiff_t>(f.written));
    const core::Bytes before = memory;
    const core::ByteSpan out = core::ByteSpan(memory).subspan(at, f.written);
    const core::ByteView in = core::ByteView(memory).subspan(f.written, size);
    const bool allowed = !core::overlap(out, in) || in.data() - out.data() == f.in_place;
    const OverlapCall call = f.begin();
    const core::Result<std::size_t> got = call(out, in);
    if (allowed) {
      REQUIRE_OK(got);
      REQUIRE(*got == f.written);
      REQUIRE(f.right(out));
      continue;
    }
    REQUIRE_ERRC(got, core::Errc::invalid_argument);
    REQUIRE(memory == before);
    core::Bytes apart(f.written);
    REQUIRE_OK(call(apart, f.in));
    REQUIRE(f.right(apart));
  }
}

}  // namespace twoway::test
