// ML-KEM-768 (FIPS 203), which libsodium has from version 1.0.22 on. A private key is a seed.
#include "factories.hpp"

#if !__has_include(<sodium/crypto_kem_mlkem768.h>)
std::unique_ptr<twoway::core::NativeKem> twoway::sodium::make_kem(const core::KemParams&,
                                                                  const core::Kdf*) {
  return nullptr;
}
#else

#include <algorithm>
#include <array>

#include <twoway/core/kem.hpp>

namespace twoway::sodium {
namespace {

using core::ByteSpan;
using core::ByteView;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

using PublicBytes = std::array<std::uint8_t, crypto_kem_mlkem768_PUBLICKEYBYTES>;
constexpr std::size_t kRandomness = 32;  // m of FIPS 203 section 6.2

/// libsodium leaves seeds and secrets on the stack.
using StackWipe = core::StackWipe<40960>;

class PublicKey final : public core::PublicKey {
 public:
  PublicKey(const core::NativeKem& kem, ByteView bytes) noexcept : kem_(kem) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }
  ByteView bytes() const noexcept override { return bytes_; }
  const void* maker() const noexcept override { return &kem_; }

 private:
  const core::NativeKem& kem_;
  PublicBytes bytes_;
};

class PrivateKey final : public core::PrivateKey {
 public:
  explicit PrivateKey(const core::KemParams& params) noexcept : params_(params) {}

  bool load(ByteView seed) noexcept {
    const StackWipe wipe;
    return crypto_kem_mlkem768_seed_keypair(
               public_.data(), secret_.reset(crypto_kem_mlkem768_SECRETKEYBYTES).data(),
               seed.data()) == 0;
  }

  core::KemId kem_id() const noexcept override { return params_.id; }
  ByteView public_key() const noexcept override { return public_; }

  // FIPS 203 section 6.3: a forged ciphertext gives a secret that nobody knows.
  Status decap(core::SharedSecret& secret, const core::Kem& kem,
               const core::Encapsulation& enc) const noexcept override {
    secret.clear();
    if (kem.params().id != params_.id || enc.kem_id() != params_.id) {
      return Error{Errc::invalid_argument, "the key belongs to another KEM than the suite"};
    }
    const StackWipe wipe;
    if (crypto_kem_mlkem768_dec(secret.reset(params_.nsecret).data(), enc.bytes().data(),
                                secret_.view().data()) == 0) {
      return {};
    }
    secret.clear();
    return Error{Errc::key_unavailable, kBackendFailure.message};
  }

 private:
  const core::KemParams& params_;
  PublicBytes public_{};
  core::Secret<crypto_kem_mlkem768_SECRETKEYBYTES> secret_;
};

class MlKem final : public core::NativeKem {
 public:
  MlKem(const core::KemParams& params, const core::Kdf& shake256) noexcept
      : params_(params), shake256_(shake256) {}

  const core::KemParams& params() const noexcept override { return params_; }

  Result<std::unique_ptr<core::PublicKey>> import_public(ByteView pk) const noexcept override {
    if (pk.size() != params_.npk || !core::ml_kem_public_ok(pk)) {
      return Error{Errc::invalid_key, "the public key is not valid for its KEM"};
    }
    return std::unique_ptr<core::PublicKey>(std::make_unique<PublicKey>(*this, pk));
  }

  Result<std::unique_ptr<core::PrivateKey>> import_private(ByteView sk) const noexcept override {
    auto key = std::make_unique<PrivateKey>(params_);
    if (sk.size() != params_.nsk) {
      return Error{Errc::invalid_key, "the private key is not a seed of its KEM"};
    }
    if (!key->load(sk)) return kBackendFailure;
    return std::unique_ptr<core::PrivateKey>(std::move(key));
  }

  Status derive_private(core::PrivateKeyBytes& sk, ByteView ikm) const noexcept override {
    return core::derive_seed(sk, ikm, params_, shake256_);
  }

  Status encap(core::SharedSecret& secret, ByteSpan enc, const core::PublicKey& receiver,
               core::Rng* rng) const noexcept override {
    secret.clear();
    core::Secret<kRandomness> randomness;
    if (rng != nullptr) {
      if (Status s = rng->fill(randomness.reset(kRandomness)); !s) return s;
    }
    const StackWipe wipe;
    const ByteSpan out = secret.reset(params_.nsecret);
    const std::uint8_t* pk = receiver.bytes().data();
    const int failed = rng == nullptr ? crypto_kem_mlkem768_enc(enc.data(), out.data(), pk)
                                      : crypto_kem_mlkem768_enc_deterministic(
                                            enc.data(), out.data(), pk, randomness.view().data());
    if (failed == 0) return {};
    secret.clear();
    return kBackendFailure;
  }

 private:
  const core::KemParams& params_;
  const core::Kdf& shake256_;
};

}  // namespace

std::unique_ptr<core::NativeKem> make_kem(const core::KemParams& params,
                                          const core::Kdf* shake256) {
  if (params.id != core::KemId::ml_kem_768 || shake256 == nullptr) return nullptr;
  return std::make_unique<MlKem>(params, *shake256);
}

}  // namespace twoway::sodium

#endif
