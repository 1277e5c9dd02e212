#include <openssl/curve25519.h>
#include <openssl/nid.h>

#include <twoway/core/raw_x25519.hpp>

#include "factories.hpp"
#include "native.hpp"

namespace twoway::boringssl {
namespace {

using core::ByteSpan;
using core::ByteView;

/// More than these functions use of the stack, which BoringSSL does not wipe.
using StackWipe = core::StackWipe<4096>;

struct Curve25519 {
  static constexpr core::Error kFailure{core::Errc::provider_failure, "BoringSSL's X25519 failed"};

  // X25519 returns 0 if its result is all zeros.
  static bool derive(ByteSpan secret, ByteView sk, ByteView pk) noexcept {
    const StackWipe wipe;
    return X25519(secret.data(), sk.data(), pk.data()) == 1;
  }
  static bool public_of(ByteSpan pk, ByteView sk) noexcept {
    const StackWipe wipe;
    X25519_public_from_private(pk.data(), sk.data());
    return true;
  }
  static bool generate(ByteSpan pk, ByteSpan sk) noexcept {
    const StackWipe wipe;
    X25519_keypair(pk.data(), sk.data());
    return true;
  }
};

}  // namespace

std::unique_ptr<core::DhGroup> make_group(const core::DhParams& params) {
  switch (params.id) {
    case core::DhId::p256: return make_nist_group(params, NID_X9_62_prime256v1);
    case core::DhId::p384: return make_nist_group(params, NID_secp384r1);
    case core::DhId::p521: return make_nist_group(params, NID_secp521r1);
    case core::DhId::x25519: return std::make_unique<core::RawX25519<Curve25519>>(params);
    default: return nullptr;
  }
}

}  // namespace twoway::boringssl
