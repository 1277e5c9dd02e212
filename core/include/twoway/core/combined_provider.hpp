// One provider made of two.
//
// Who needs it: power users, who combine providers.
#pragma once

#include <twoway/core/provider.hpp>

namespace twoway::core {

/// Asks the first provider for each algorithm, and the second for those that the first does not
/// offer. Core composes what needs several: OpenSSL 3.0's P-256 and another library's ML-KEM serve
/// MLKEM768-P256. Random bytes are the first one's. Both must outlive it. Thread-safe.
class TWOWAY_INTERFACE CombinedProvider final : public Provider {
 public:
  /// Borrows both, which must outlive it.
  CombinedProvider(const Provider& first, const Provider& second) noexcept
      : first_(first), second_(second) {}

  const char* name() const noexcept override { return "combined"; }
  /// As in Provider: the first one's, else the second one's.
  const DhGroup* dh(DhId id) const noexcept override {
    return either(first_.dh(id), second_.dh(id));
  }
  const NativeKem* native_kem(KemId id) const noexcept override {
    return either(first_.native_kem(id), second_.native_kem(id));
  }
  const Kdf* kdf(KdfId id) const noexcept override {
    return either(first_.kdf(id), second_.kdf(id));
  }
  const Aead* aead(AeadId id) const noexcept override {
    return either(first_.aead(id), second_.aead(id));
  }
  const Hash* sha3_256() const noexcept override {
    return either(first_.sha3_256(), second_.sha3_256());
  }
  Rng& rng() const noexcept override {
    return first_.unusable() == nullptr ? first_.rng() : second_.rng();
  }
  const char* unusable() const noexcept override {
    return second_.unusable() == nullptr ? nullptr : first_.unusable();
  }

 private:
  template <typename Part>
  static const Part* either(const Part* first, const Part* second) noexcept {
    return first != nullptr ? first : second;
  }

  const Provider& first_;
  const Provider& second_;
};

}  // namespace twoway::core
