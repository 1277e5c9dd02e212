// Encodings of points of small order, computed independently of core's table.
#pragma once

#include <algorithm>
#include <vector>

#include "support.hpp"

namespace twoway::test {

/// Little-endian sum of `value` and `amount`.
inline core::Bytes little_endian_plus(core::Bytes value, int amount) {
  int carry = amount;
  for (std::size_t i = 0; i < value.size() && carry != 0; ++i) {
    const int sum = value[i] + carry;
    value[i] = static_cast<std::uint8_t>(sum & 0xff);
    carry = sum >> 8;
  }
  return value;
}

/// Returns every encoding of a u-coordinate of order 1, 2, 4 or 8, also the unreduced ones and
/// (X25519) those with the ignored bit set. Empty for the NIST curves.
inline std::vector<core::Bytes> small_order_values(core::DhId id) {
  if (id == core::DhId::x25519) {
    core::Bytes p(32, 0xff);
    p[0] = 0xed;
    p[31] = 0x7f;
    // The roots of (u^2-1)^2 = +-4u(u^2+486662u+1): doubling such a point gives u = 1 or u = -1.
    std::vector<core::Bytes> values{
        core::Bytes(32),
        little_endian_plus(core::Bytes(32), 1),
        unhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        unhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        little_endian_plus(p, -1),
        p,
        little_endian_plus(p, 1),
    };
    for (std::size_t i = 0, n = values.size(); i < n; ++i) {
      values.push_back(values[i]);
      values.back()[31] |= 0x80;
    }
    return values;
  }
  if (id == core::DhId::x448) {
    core::Bytes p(56, 0xff);
    p[28] = 0xfe;
    return {core::Bytes(56), little_endian_plus(core::Bytes(56), 1), little_endian_plus(p, -1), p,
            little_endian_plus(p, 1)};
  }
  return {};
}

}  // namespace twoway::test
