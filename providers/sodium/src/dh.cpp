#include <twoway/core/raw_x25519.hpp>

#include "factories.hpp"

namespace twoway::sodium {
namespace {

using core::ByteSpan;
using core::ByteView;

static_assert(crypto_scalarmult_BYTES == 32 && crypto_scalarmult_SCALARBYTES == 32);

struct Sodium {
  static constexpr core::Error kFailure = kBackendFailure;

  // libsodium refuses a peer of small order.
  static bool derive(ByteSpan secret, ByteView sk, ByteView pk) noexcept {
    return crypto_scalarmult(secret.data(), sk.data(), pk.data()) == 0;
  }
  static bool public_of(ByteSpan pk, ByteView sk) noexcept {
    return crypto_scalarmult_base(pk.data(), sk.data()) == 0;
  }
  static bool generate(ByteSpan pk, ByteSpan sk) noexcept {
    randombytes_buf(sk.data(), sk.size());
    return public_of(pk, sk);
  }
};

}  // namespace

std::unique_ptr<core::DhGroup> make_group(const core::DhParams& params) {
  if (params.id != core::DhId::x25519) return nullptr;
  return std::make_unique<core::RawX25519<Sodium>>(params);
}

}  // namespace twoway::sodium
