#include <twoway/core/hkdf.hpp>

#include "parts.hpp"

namespace twoway::sodium {
namespace {

using core::ByteSpan;
using core::ByteView;
using core::Status;

struct Sha256 {
  using State = crypto_auth_hmacsha256_state;
  static constexpr auto init = crypto_auth_hmacsha256_init;
  static constexpr auto update = crypto_auth_hmacsha256_update;
  static constexpr auto final = crypto_auth_hmacsha256_final;
};

struct Sha512 {
  using State = crypto_auth_hmacsha512_state;
  static constexpr auto init = crypto_auth_hmacsha512_init;
  static constexpr auto update = crypto_auth_hmacsha512_update;
  static constexpr auto final = crypto_auth_hmacsha512_final;
};

/// HMAC for HKDF.
template <typename Hash>
struct Hmac {
  Status operator()(ByteSpan mac, ByteView key, core::Gather data) const noexcept {
    Wiped<typename Hash::State> state;
    bool ok = Hash::init(state.get(), key.data(), key.size()) == 0;
    for (const ByteView part : data) {
      ok = ok && Hash::update(state.get(), part.data(), part.size()) == 0;
    }
    if (ok && Hash::final(state.get(), mac.data()) == 0) return {};
    return kBackendFailure;
  }
};

}  // namespace

std::unique_ptr<core::Kdf> make_kdf(const core::KdfParams& params) {
  switch (params.id) {
    case core::KdfId::hkdf_sha256:
      return std::make_unique<core::Hkdf<Hmac<Sha256>>>(params, Hmac<Sha256>{});
    case core::KdfId::hkdf_sha512:
      return std::make_unique<core::Hkdf<Hmac<Sha512>>>(params, Hmac<Sha512>{});
    default: return nullptr;
  }
}

}  // namespace twoway::sodium
