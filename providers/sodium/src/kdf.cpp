#include <twoway/core/hkdf.hpp>

#include "factories.hpp"

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

#if __has_include(<sodium/crypto_xof_shake256.h>)
/// An extendable-output function as a one-stage KDF (draft-ietf-hpke-pq).
template <typename State, auto Init, auto Update, auto Squeeze>
class Xof final : public core::Kdf {
 public:
  explicit Xof(const core::KdfParams& params) noexcept : params_(params) {}

  const core::KdfParams& params() const noexcept override { return params_; }

  Status derive(ByteSpan out, core::Gather ikm) const noexcept override {
    if (out.size() > params_.max_output) {
      core::wipe(out);
      return core::Error{core::Errc::invalid_argument, "Derive gives at most 65535 bytes"};
    }
    if (out.empty()) return {};
    const StackWipe wipe;
    Wiped<State> state;
    bool ok = Init(state.get()) == 0;
    for (const ByteView part : ikm) {
      ok = ok && Update(state.get(), part.data(), part.size()) == 0;
    }
    if (ok && Squeeze(state.get(), out.data(), out.size()) == 0) return {};
    core::wipe(out);
    return kBackendFailure;
  }

 private:
  /// The permutation leaves its last state there.
  using StackWipe = core::StackWipe<2048>;

  const core::KdfParams& params_;
};

class Sha3 final : public core::Hash {
 public:
  Status digest(ByteSpan out, core::Gather in) const noexcept override {
    const core::StackWipe<2048> wipe;
    Wiped<crypto_hash_sha3256_state> state;
    bool ok = crypto_hash_sha3256_init(state.get()) == 0;
    for (const ByteView part : in) {
      ok = ok && crypto_hash_sha3256_update(state.get(), part.data(), part.size()) == 0;
    }
    if (ok && crypto_hash_sha3256_final(state.get(), out.data()) == 0) return {};
    core::wipe(out);
    return kBackendFailure;
  }
};
#endif

}  // namespace

// SHA3, SHAKE and TurboSHAKE came to libsodium with version 1.0.22.
#if __has_include(<sodium/crypto_xof_shake256.h>)
#define TWOWAY_XOF(name)                                                    \
  std::make_unique<Xof<crypto_xof_##name##_state, crypto_xof_##name##_init, \
                       crypto_xof_##name##_update, crypto_xof_##name##_squeeze>>(params)

std::unique_ptr<core::Hash> make_sha3_256() { return std::make_unique<Sha3>(); }

std::unique_ptr<core::Kdf> make_xof(const core::KdfParams& params) {
  switch (params.id) {
    case core::KdfId::shake128: return TWOWAY_XOF(shake128);
    case core::KdfId::shake256: return TWOWAY_XOF(shake256);
    case core::KdfId::turboshake128: return TWOWAY_XOF(turboshake128);
    case core::KdfId::turboshake256: return TWOWAY_XOF(turboshake256);
    default: return nullptr;
  }
}
#else
std::unique_ptr<core::Hash> make_sha3_256() { return nullptr; }
std::unique_ptr<core::Kdf> make_xof(const core::KdfParams&) { return nullptr; }
#endif

std::unique_ptr<core::Kdf> make_kdf(const core::KdfParams& params) {
  switch (params.id) {
    case core::KdfId::hkdf_sha256:
      return std::make_unique<core::Hkdf<Hmac<Sha256>>>(params, Hmac<Sha256>{});
    case core::KdfId::hkdf_sha512:
      return std::make_unique<core::Hkdf<Hmac<Sha512>>>(params, Hmac<Sha512>{});
    default: return make_xof(params);
  }
}

}  // namespace twoway::sodium
