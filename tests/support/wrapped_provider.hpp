// A provider that hands every lookup on: a test overrides the one that it changes.
#pragma once

#include <twoway/core/provider.hpp>

namespace twoway::test {

/// Borrows `inner`. What it answers with belongs to `inner`.
class WrappedProvider : public core::Provider {
 public:
  explicit WrappedProvider(const core::Provider& inner) noexcept : inner_(inner) {}

  const char* name() const noexcept override { return inner_.name(); }
  const core::DhGroup* dh(core::DhId id) const noexcept override { return inner_.dh(id); }
  const core::NativeKem* native_kem(core::KemId id) const noexcept override {
    return inner_.native_kem(id);
  }
  const core::Kdf* kdf(core::KdfId id) const noexcept override { return inner_.kdf(id); }
  const core::Aead* aead(core::AeadId id) const noexcept override { return inner_.aead(id); }
  core::Rng& rng() const noexcept override { return inner_.rng(); }

 private:
  const core::Provider& inner_;
};

}  // namespace twoway::test
