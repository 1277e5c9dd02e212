#include <twoway/core/algorithm_list.hpp>
#include <twoway/sodium.hpp>

#include "factories.hpp"

namespace twoway::sodium {
namespace {

constexpr const char* kNotReady =
    "libsodium could not be initialised, and nothing of it can be used: see that the system gives "
    "random bytes (getrandom, or /dev/urandom in this root directory), or use another provider";

class SodiumRng final : public core::Rng {
 public:
  explicit SodiumRng(bool ready) noexcept : ready_(ready) {}

  // randombytes_buf cannot fail: libsodium ends the process if the system gives no bytes.
  core::Status fill(core::ByteSpan out) noexcept override {
    if (!ready_) {
      core::wipe(out);
      return core::Error{core::Errc::provider_failure, kNotReady};
    }
    if (!out.empty()) randombytes_buf(out.data(), out.size());
    return {};
  }

 private:
  bool ready_;
};

class SodiumProvider final : public core::Provider {
 public:
  explicit SodiumProvider(bool ready) : ready_(ready), rng_(ready) {
    if (!ready) return;
    groups_.collect(core::dh_table(), make_group);
    kdfs_.collect(core::kdf_table(), make_kdf);
    aeads_.collect(core::aead_table(), make_aead);
    sha3_256_ = make_sha3_256();
    kems_.collect(core::pq_kem_table(), [this](const auto& row) {
      return make_kem(row, kdfs_.find(core::KdfId::shake256));
    });
  }

  const char* name() const noexcept override { return "sodium"; }
  const char* unusable() const noexcept override { return ready_ ? nullptr : kNotReady; }
  const core::DhGroup* dh(core::DhId id) const noexcept override { return groups_.find(id); }
  const core::Kdf* kdf(core::KdfId id) const noexcept override { return kdfs_.find(id); }
  const core::NativeKem* native_kem(core::KemId id) const noexcept override {
    return kems_.find(id);
  }
  const core::Hash* sha3_256() const noexcept override { return sha3_256_.get(); }
  const core::Aead* aead(core::AeadId id) const noexcept override { return aeads_.find(id); }
  core::Rng& rng() const noexcept override { return rng_; }

 private:
  bool ready_;
  mutable SodiumRng rng_;
  core::AlgorithmList<core::DhGroup> groups_;
  core::AlgorithmList<core::Kdf> kdfs_;
  core::AlgorithmList<core::Aead> aeads_;
  core::AlgorithmList<core::NativeKem> kems_;
  std::unique_ptr<core::Hash> sha3_256_;
};

}  // namespace

const core::Provider& provider() noexcept {
  // sodium_init returns 1 if the program has called it already. Never destroyed: keys and
  // contexts of other static objects may outlive any order of ours.
  static const core::Provider* const instance = new SodiumProvider(sodium_init() >= 0);
  return *instance;
}

}  // namespace twoway::sodium
