// The checks of keys that core makes before any provider is asked.
#include "dh_check.hpp"

#include <twoway/core/kem.hpp>

#include "support.hpp"

using namespace twoway::core;
using twoway::test::copy;
using twoway::test::unhex;

namespace {

constexpr const char* kOrder8a = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800";
constexpr const char* kOrder8b = "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157";

/// 2^bits - `below`, little-endian, for a small `below`.
Bytes just_below(std::size_t bits, std::uint8_t below) {
  Bytes value(bits / 8, 0xff);
  if (bits % 8 != 0) value.push_back(static_cast<std::uint8_t>((1U << (bits % 8)) - 1));
  value[0] = static_cast<std::uint8_t>(0x100 - below);
  return value;
}

/// `value` plus the x448 prime's 2^224 term: p = 2^448 - 2^224 - 1 is ff..ff feff..ff.
Bytes x448_near_p(std::uint8_t low, std::uint8_t low_rest, std::uint8_t high) {
  Bytes value(56, 0xff);
  std::fill(value.begin(), value.begin() + 28, low_rest);
  value[0] = low;
  value[28] = high;
  return value;
}

std::vector<Bytes> small_order_x25519() {
  Bytes one(32);
  one[0] = 1;
  // p = 2^255 - 19: p-1, p and p+1 are 2^255 - 20, - 19 and - 18.
  return {Bytes(32),           one,
          unhex(kOrder8a),     unhex(kOrder8b),
          just_below(255, 20), just_below(255, 19),
          just_below(255, 18)};
}

std::vector<Bytes> small_order_x448() {
  Bytes one(56);
  one[0] = 1;
  return {Bytes(56), one, x448_near_p(0xfe, 0xff, 0xfe), x448_near_p(0xff, 0xff, 0xfe),
          x448_near_p(0x00, 0x00, 0xff)};
}

}  // namespace

TEST_CASE("public keys of small order are refused, by check and by import") {
  for (const Bytes& pk : small_order_x25519()) {
    INFO(twoway::test::hex(pk));
    Bytes high_bit = pk;
    high_bit[31] |= 0x80;
    for (const Bytes& bad : {pk, high_bit}) {
      REQUIRE_FALSE(public_key_ok(*find_dh(DhId::x25519), bad));
      for (const Provider* provider : twoway::built::providers()) {
        auto kem = Kem::find(*provider, KemId::dhkem_x25519);
        if (kem) REQUIRE_ERRC(kem->import_public(bad), Errc::invalid_key);
      }
    }
  }
  for (const Bytes& pk : small_order_x448()) {
    INFO(twoway::test::hex(pk));
    REQUIRE_FALSE(public_key_ok(*find_dh(DhId::x448), pk));
    for (const Provider* provider : twoway::built::providers()) {
      auto kem = Kem::find(*provider, KemId::dhkem_x448);
      if (kem) REQUIRE_ERRC(kem->import_public(pk), Errc::invalid_key);
    }
  }
}

// RFC 7748 section 5: implementations MUST accept non-canonical values, and for X25519 mask the
// most significant bit.
TEST_CASE("non-canonical public keys are accepted, and equal the reduced value") {
  Bytes x25519_two(32), x448_two(56);
  x25519_two[0] = x448_two[0] = 2;
  const Bytes x25519_p_plus_two = just_below(255, 17);
  Bytes high_bit = x25519_two;
  high_bit[31] |= 0x80;
  const Bytes x448_p_plus_two = x448_near_p(0x01, 0x00, 0xff);
  struct Row {
    KemId kem;
    DhId dh;
    Bytes value;
    Bytes reduced;
  };
  for (const Row& row : {Row{KemId::dhkem_x25519, DhId::x25519, x25519_p_plus_two, x25519_two},
                         Row{KemId::dhkem_x25519, DhId::x25519, high_bit, x25519_two},
                         Row{KemId::dhkem_x448, DhId::x448, x448_p_plus_two, x448_two}}) {
    INFO(twoway::test::hex(row.value));
    REQUIRE(public_key_ok(*find_dh(row.dh), row.value));
    for (const Provider* provider : twoway::built::providers()) {
      auto kem = Kem::find(*provider, row.kem);
      if (!kem) continue;
      INFO(provider->name());
      auto value = kem->import_public(row.value);
      REQUIRE_OK(value);
      REQUIRE(copy((*value)->bytes()) == row.value);  // kem_context uses the bytes as received
      auto reduced = kem->import_public(row.reduced);
      REQUIRE_OK(reduced);
      auto key = kem->generate_key_pair();
      REQUIRE_OK(key);
      DhSecret a, b;
      REQUIRE_OK((*key)->auth_dh(a, **value));
      REQUIRE_OK((*key)->auth_dh(b, **reduced));
      REQUIRE(copy(a.view()) == copy(b.view()));
    }
  }
}

TEST_CASE("a NIST public key is uncompressed") {
  for (const DhParams& dh : dh_table()) {
    if (dh.order.empty()) continue;
    for (const unsigned first : {0x00U, 0x02U, 0x03U, 0x05U, 0x06U, 0x07U, 0xffU}) {
      Bytes pk(dh.npk, 1);
      pk[0] = static_cast<std::uint8_t>(first);
      REQUIRE_FALSE(public_key_ok(dh, pk));
    }
    Bytes pk(dh.npk, 1);
    pk[0] = 0x04;
    REQUIRE(public_key_ok(dh, pk));
    REQUIRE_FALSE(public_key_ok(dh, ByteView(pk).first(dh.npk - 1)));
    REQUIRE_FALSE(public_key_ok(dh, {}));
  }
}

TEST_CASE("private keys: lengths for all, a range for the NIST curves") {
  for (const DhParams& dh : dh_table()) {
    INFO(dh.name);
    REQUIRE_FALSE(private_key_ok(dh, {}));
    REQUIRE_FALSE(private_key_ok(dh, Bytes(dh.nsk - 1, 1)));
    REQUIRE_FALSE(private_key_ok(dh, Bytes(dh.nsk + 1, 1)));
    const bool any = dh.order.empty();
    REQUIRE(private_key_ok(dh, Bytes(dh.nsk)) == any);
    REQUIRE(private_key_ok(dh, Bytes(dh.nsk, 0xff)) == any);
    if (any) continue;
    Bytes sk = copy(dh.order);
    REQUIRE_FALSE(private_key_ok(dh, sk));
    sk.back() = static_cast<std::uint8_t>(sk.back() - 1);
    REQUIRE(private_key_ok(dh, sk));
    // Greater in a low byte, but smaller in a high one.
    sk = copy(dh.order);
    sk.back() = 0xff;
    REQUIRE_FALSE(private_key_ok(dh, sk));
    sk[1] = static_cast<std::uint8_t>(sk[1] - 1);
    REQUIRE(private_key_ok(dh, sk));
  }
}

TEST_CASE("all_zero sees every byte") {
  REQUIRE(all_zero({}));
  REQUIRE(all_zero(Bytes(66)));
  for (std::size_t i = 0; i < 66; ++i) {
    Bytes bytes(66);
    bytes[i] = 0x10;
    REQUIRE_FALSE(all_zero(bytes));
  }
}
