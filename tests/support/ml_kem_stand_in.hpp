// Stands in for ML-KEM in tests of the hybrids that core composes. It has ML-KEM's sizes and
// results, but keeps no secret, because its secret is a digest of public bytes.
#pragma once

#include <algorithm>
#include <utility>

#include <twoway/core/kem.hpp>

#include "wrapping.hpp"

namespace twoway::test {

class MlKemStandIn final : public core::NativeKem {
 public:
  MlKemStandIn(core::KemId id, const core::Provider& provider) noexcept
      : params_(*core::find_kem(id)), provider_(provider) {}

  const core::KemParams& params() const noexcept override { return params_; }

  core::Result<std::unique_ptr<core::PublicKey>> import_public(
      core::ByteView pk) const noexcept override {
    if (!core::ml_kem_public_ok(pk)) return core::Error{core::Errc::invalid_key, "a number over q"};
    return std::unique_ptr<core::PublicKey>(std::make_unique<Public>(*this, pk));
  }

  core::Result<std::unique_ptr<core::PrivateKey>> import_private(
      core::ByteView sk) const noexcept override {
    return std::unique_ptr<core::PrivateKey>(std::make_unique<Private>(*this, public_of(sk)));
  }

  core::Status derive_private(core::PrivateKeyBytes& sk,
                              core::ByteView ikm) const noexcept override {
    return core::derive_seed(sk, ikm, params_, shake());
  }

  core::Status encap(core::SharedSecret& secret, core::ByteSpan enc,
                     const core::PublicKey& receiver, core::Rng* rng) const noexcept override {
    secret.clear();
    std::fill(enc.begin(), enc.end(), std::uint8_t{0});
    core::Rng& source = rng == nullptr ? provider_.rng() : *rng;
    if (core::Status s = source.fill(enc.first(32)); !s) return s;
    return secret_of(secret, enc, receiver.bytes());
  }

 private:
  class Public final : public core::PublicKey {
   public:
    Public(const MlKemStandIn& kem, core::ByteView bytes)
        : kem_(kem), bytes_(bytes.begin(), bytes.end()) {}
    core::ByteView bytes() const noexcept override { return bytes_; }
    const void* maker() const noexcept override { return &kem_; }

   private:
    const MlKemStandIn& kem_;
    core::Bytes bytes_;
  };

  class Private final : public core::PrivateKey {
   public:
    Private(const MlKemStandIn& kem, core::Bytes pk) : kem_(kem), pk_(std::move(pk)) {}
    core::KemId kem_id() const noexcept override { return kem_.params_.id; }
    core::ByteView public_key() const noexcept override { return pk_; }
    core::Status decap(core::SharedSecret& secret, const core::Kem&,
                       const core::Encapsulation& enc) const noexcept override {
      return kem_.secret_of(secret, enc.bytes(), pk_);
    }

   private:
    const MlKemStandIn& kem_;
    core::Bytes pk_;
  };

  const core::Kdf& shake() const noexcept { return *provider_.kdf(core::KdfId::shake256); }

  /// Bytes below 13, of which no two make a number over q.
  core::Bytes public_of(core::ByteView sk) const {
    core::Bytes pk(params_.npk);
    static_cast<void>(shake().derive(pk, core::Gather(&sk, 1)));
    for (std::uint8_t& byte : pk) byte = static_cast<std::uint8_t>(byte % 13);
    return pk;
  }

  core::Status secret_of(core::SharedSecret& secret, core::ByteView enc,
                         core::ByteView pk) const noexcept {
    const std::array<core::ByteView, 2> both{enc, pk};
    return shake().derive(secret.reset(params_.nsecret), both);
  }

  const core::KemParams& params_;
  const core::Provider& provider_;
};

/// A provider with stand-ins for ML-KEM-768 and ML-KEM-1024, whatever its library offers. Use it
/// with one that has SHAKE256 and SHA3-256.
class StandInProvider final : public WrappingProvider {
 public:
  explicit StandInProvider(const core::Provider& inner)
      : WrappingProvider(inner),
        small_(core::KemId::ml_kem_768, inner),
        large_(core::KemId::ml_kem_1024, inner) {}
  const core::NativeKem* native_kem(core::KemId id) const noexcept override {
    if (id == core::KemId::ml_kem_768) return &small_;
    return id == core::KemId::ml_kem_1024 ? &large_ : nullptr;
  }

 private:
  MlKemStandIn small_;
  MlKemStandIn large_;
};

inline bool has_sha3(const core::Provider& provider) {
  return provider.sha3_256() != nullptr && provider.kdf(core::KdfId::shake256) != nullptr;
}

}  // namespace twoway::test
