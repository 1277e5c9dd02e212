// Providers and groups that wrap another and override one function. Tests use them to inject faults
// and fixed values without hooks in the library.
#pragma once

#include <memory>

#include <twoway/core/provider.hpp>

namespace twoway::test {

/// Forwards every lookup.
class WrappingProvider : public core::Provider {
 public:
  explicit WrappingProvider(const core::Provider& inner) noexcept : inner_(inner) {}

  const char* name() const noexcept override { return inner_.name(); }
  const core::DhGroup* dh(core::DhId id) const noexcept override { return inner_.dh(id); }
  const core::NativeKem* native_kem(core::KemId id) const noexcept override {
    return inner_.native_kem(id);
  }
  const core::Kdf* kdf(core::KdfId id) const noexcept override { return inner_.kdf(id); }
  const core::Aead* aead(core::AeadId id) const noexcept override { return inner_.aead(id); }
  const core::Hash* sha3_256() const noexcept override { return inner_.sha3_256(); }
  core::Rng& rng() const noexcept override { return inner_.rng(); }
  const char* unusable() const noexcept override { return inner_.unusable(); }

 private:
  const core::Provider& inner_;
};

/// Forwards to a group, but its ephemeral key is always `skE`. For vectors that give the key and
/// not the input of DeriveKeyPair.
class FixedEphemeralGroup final : public core::DhGroup {
 public:
  FixedEphemeralGroup(const core::DhGroup& inner, core::Bytes skE) noexcept
      : inner_(inner), sk_(std::move(skE)) {}

  const core::DhParams& params() const noexcept override { return inner_.params(); }
  core::Result<std::unique_ptr<core::PublicKey>> import_public(
      core::ByteView pk) const noexcept override {
    return inner_.import_public(pk);
  }
  core::Result<std::unique_ptr<core::DhPrivateKey>> import_private(
      core::ByteView sk) const noexcept override {
    return inner_.import_private(sk);
  }
  core::Status ephemeral_dh(core::DhSecret& secret, core::ByteSpan enc,
                            const core::PublicKey& peer) const noexcept override;

 private:
  const core::DhGroup& inner_;
  core::Bytes sk_;
};

/// A provider whose group of one id has a fixed ephemeral key.
class FixedEphemeralProvider final : public WrappingProvider {
 public:
  FixedEphemeralProvider(const core::Provider& inner, core::DhId id, core::Bytes skE) noexcept
      : WrappingProvider(inner), group_(*inner.dh(id), std::move(skE)) {}

  const core::DhGroup* dh(core::DhId id) const noexcept override {
    return id == group_.params().id ? &group_ : WrappingProvider::dh(id);
  }

 private:
  FixedEphemeralGroup group_;
};

}  // namespace twoway::test
