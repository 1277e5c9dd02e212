// Providers and keys that lack, fix or fail one part of a hybrid KEM.
#pragma once

#include <optional>

#include <twoway/core/kem.hpp>

#include "support.hpp"
#include "wrapping.hpp"

namespace twoway::test {

using namespace twoway::core;

/// A provider without one of the parts.
class LackingProvider final : public WrappingProvider {
 public:
  enum class Part { none, ml_kem, group, shake, sha3 };
  LackingProvider(const Provider& inner, Part lacking)
      : WrappingProvider(inner), lacking_(lacking) {}
  const NativeKem* native_kem(KemId id) const noexcept override {
    return lacking_ == Part::ml_kem ? nullptr : WrappingProvider::native_kem(id);
  }
  const DhGroup* dh(DhId id) const noexcept override {
    return lacking_ == Part::group ? nullptr : WrappingProvider::dh(id);
  }
  const Kdf* kdf(KdfId id) const noexcept override {
    return lacking_ == Part::shake && id == KdfId::shake256 ? nullptr : WrappingProvider::kdf(id);
  }
  const Hash* sha3_256() const noexcept override {
    return lacking_ == Part::sha3 ? nullptr : WrappingProvider::sha3_256();
  }

 private:
  Part lacking_;
};

/// SHAKE256 whose output behind ML-KEM's seed is `scalars`.
class FixedSeedKdf final : public Kdf {
 public:
  FixedSeedKdf(const Kdf& inner, Bytes scalars) : inner_(inner), scalars_(std::move(scalars)) {}
  const KdfParams& params() const noexcept override { return inner_.params(); }
  Status derive(ByteSpan out, Gather ikm) const noexcept override {
    Status s = inner_.derive(out, ikm);
    if (s && out.size() == kMlKemSeed + scalars_.size()) {
      std::copy(scalars_.begin(), scalars_.end(), out.begin() + kMlKemSeed);
    }
    return s;
  }

 private:
  const Kdf& inner_;
  Bytes scalars_;
};

class FixedSeedProvider final : public WrappingProvider {
 public:
  FixedSeedProvider(const Provider& inner, Bytes scalars)
      : WrappingProvider(inner), kdf_(*inner.kdf(KdfId::shake256), std::move(scalars)) {}
  const Kdf* kdf(KdfId id) const noexcept override {
    return id == KdfId::shake256 ? &kdf_ : WrappingProvider::kdf(id);
  }

 private:
  FixedSeedKdf kdf_;
};

struct FailingHash final : Hash {
  Status digest(ByteSpan out, Gather) const noexcept override {
    wipe(out);
    return Error{Errc::provider_failure, "no digest today"};
  }
};

struct FailingHashProvider final : WrappingProvider {
  explicit FailingHashProvider(const Provider& inner) : WrappingProvider(inner) {}
  const Hash* sha3_256() const noexcept override { return &hash; }
  FailingHash hash;
};

/// A key of a group elsewhere that returns fixed bytes, or fails.
struct GroupKey final : PrivateKey {
  GroupKey(std::shared_ptr<const PrivateKey> inner, std::optional<Bytes> result)
      : inner(std::move(inner)), result(std::move(result)) {}
  KemId kem_id() const noexcept override { return inner->kem_id(); }
  ByteView public_key() const noexcept override { return inner->public_key(); }
  Status decap(SharedSecret&, const Kem&, const Encapsulation&) const noexcept override {
    return Error{Errc::provider_failure, "a half of a hybrid does not decapsulate"};
  }
  Status auth_dh(DhSecret& secret, const PublicKey&) const noexcept override {
    if (!result) return Error{Errc::provider_failure, "the token is gone", 7};
    secret.assign(*result);
    return {};
  }
  std::shared_ptr<const PrivateKey> inner;
  std::optional<Bytes> result;
};

}  // namespace twoway::test
