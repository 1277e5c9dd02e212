// What core itself checks of ML-KEM.
#include <algorithm>

#include <twoway/core/provider.hpp>

#include "support.hpp"

using namespace twoway::core;

TEST_CASE("a public key of ML-KEM holds no number of q or more") {
  for (const KemId id : {KemId::ml_kem_512, KemId::ml_kem_768, KemId::ml_kem_1024}) {
    Bytes pk(find_kem(id)->npk);
    const std::size_t numbers = (pk.size() - 32) / 3 * 2;
    const auto put = [&pk](std::size_t at, unsigned value) {
      const std::size_t byte = at / 2 * 3;
      if (at % 2 == 0) {
        pk[byte] = static_cast<std::uint8_t>(value);
        pk[byte + 1] = static_cast<std::uint8_t>((pk[byte + 1] & 0xf0) | value >> 8);
      } else {
        pk[byte + 1] = static_cast<std::uint8_t>((pk[byte + 1] & 0x0f) | (value & 0x0f) << 4);
        pk[byte + 2] = static_cast<std::uint8_t>(value >> 4);
      }
    };
    std::fill(pk.end() - 32, pk.end(), std::uint8_t{0xff});  // its seed may be anything
    REQUIRE(ml_kem_public_ok(pk));
    for (std::size_t at = 0; at < numbers; ++at) {
      put(at, 3328);
      REQUIRE(ml_kem_public_ok(pk));
      put(at, 3329);
      REQUIRE_FALSE(ml_kem_public_ok(pk));
      put(at, 4095);
      REQUIRE_FALSE(ml_kem_public_ok(pk));
      put(at, 0);
    }
  }
}
