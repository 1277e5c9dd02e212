#include "dh_check.hpp"

#include <algorithm>
#include <array>

namespace twoway::core {
namespace {

using X25519Value = std::array<std::uint8_t, 32>;
using X448Value = std::array<std::uint8_t, 56>;

/// A little-endian value: the first byte, one byte repeated, the last byte.
constexpr X25519Value x25519(std::uint8_t first, std::uint8_t middle, std::uint8_t last) {
  X25519Value value{};
  value.fill(middle);
  value.front() = first;
  value.back() = last;
  return value;
}

/// A little-endian value of two halves: each its first byte and one byte repeated.
constexpr X448Value x448(std::uint8_t low_first, std::uint8_t low, std::uint8_t high_first,
                         std::uint8_t high) {
  X448Value value{};
  std::fill(value.begin(), value.begin() + 28, low);
  std::fill(value.begin() + 28, value.end(), high);
  value[0] = low_first;
  value[28] = high_first;
  return value;
}

// The u-coordinates of order 1, 2, 4 and 8 on Curve25519 and its twist, as they fit in 255 bits:
// 0, 1, the two of order 8, p-1, and the non-canonical p and p+1; p = 2^255 - 19.
constexpr std::array kSmallOrderX25519{
    x25519(0x00, 0x00, 0x00),
    x25519(0x01, 0x00, 0x00),
    X25519Value{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
                0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
                0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    X25519Value{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
                0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
                0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
    x25519(0xec, 0xff, 0x7f),
    x25519(0xed, 0xff, 0x7f),
    x25519(0xee, 0xff, 0x7f),
};

// The same on Curve448: 0, 1, p-1, and the non-canonical p and p+1; p = 2^448 - 2^224 - 1.
constexpr std::array kSmallOrderX448{
    x448(0x00, 0x00, 0x00, 0x00), x448(0x01, 0x00, 0x00, 0x00), x448(0xfe, 0xff, 0xfe, 0xff),
    x448(0xff, 0xff, 0xfe, 0xff), x448(0x00, 0x00, 0xff, 0xff),
};

// RFC 7748 section 5: the most significant bit of an X25519 value is ignored.
bool small_order_x25519(ByteView pk) noexcept {
  return std::any_of(kSmallOrderX25519.begin(), kSmallOrderX25519.end(), [pk](const auto& value) {
    return std::equal(value.begin(), value.end() - 1, pk.begin()) &&
           value.back() == (pk.back() & 0x7f);
  });
}

bool small_order_x448(ByteView pk) noexcept {
  return std::any_of(kSmallOrderX448.begin(), kSmallOrderX448.end(), [pk](const auto& value) {
    return std::equal(value.begin(), value.end(), pk.begin());
  });
}

/// a < b for big-endian numbers of one length. Constant-time in the values.
bool less_than(ByteView a, ByteView b) noexcept {
  unsigned borrow = 0;
  for (std::size_t i = a.size(); i-- > 0;) {
    const unsigned difference = 0x100U + a[i] - b[i] - borrow;
    borrow = 1U - (difference >> 8);
  }
  return borrow == 1;
}

}  // namespace

bool all_zero(ByteView bytes) noexcept {
  std::uint8_t any = 0;
  for (const std::uint8_t byte : bytes) any = static_cast<std::uint8_t>(any | byte);
  return any == 0;
}

bool private_key_ok(const DhParams& dh, ByteView sk) noexcept {
  if (sk.size() != dh.nsk) return false;
  if (dh.order.empty()) return true;
  return !all_zero(sk) && less_than(sk, dh.order);
}

bool public_key_ok(const DhParams& dh, ByteView pk) noexcept {
  if (pk.size() != dh.npk) return false;
  switch (dh.id) {
    case DhId::x25519: return !small_order_x25519(pk);
    case DhId::x448: return !small_order_x448(pk);
    default: return pk[0] == 0x04;  // SEC 1 section 2.3.3: uncompressed
  }
}

Status check_dh_result(ByteView secret, const DhParams& dh) noexcept {
  if (secret.size() != dh.ndh || (dh.refuse_zero && all_zero(secret))) return kBadDhResult;
  return {};
}

Status dh_by(DhSecret& secret, ByteSpan enc, const DhGroup& group, ByteView sk,
             const PublicKey& peer) noexcept {
  secret.clear();
  const Result<std::unique_ptr<DhPrivateKey>> key = group.import_private(sk);
  if (!key) return key.error();
  const ByteView pk = (*key)->public_key();
  if (pk.size() != enc.size()) return kBadDhResult;
  std::copy(pk.begin(), pk.end(), enc.begin());
  return (*key)->dh(secret, peer);
}

}  // namespace twoway::core
