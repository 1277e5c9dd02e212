#include <cstring>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <twoway/boringssl.hpp>
#include <twoway/core/algorithm_list.hpp>
#include <twoway/core/secret.hpp>

#include "factories.hpp"
#include "native.hpp"

namespace twoway::boringssl {
namespace {

constexpr const char* kForeign =
    "OpenSSL and a BoringSSL without a symbol prefix are in this process, and BoringSSL's calls "
    "reach OpenSSL: link one of them, or a BoringSSL that has a prefix";

/// Whether the functions that this library got bound to are BoringSSL's. Both libraries have this
/// one, with the same arguments.
bool own_symbols() noexcept {
  const char* version = OpenSSL_version(0);
  return version != nullptr && std::strncmp(version, "BoringSSL", 9) == 0;
}

class BoringRng final : public core::Rng {
 public:
  explicit BoringRng(const char* fault) noexcept : fault_(fault) {}

  core::Status fill(core::ByteSpan out) noexcept override {
    if (fault_ == nullptr && RAND_bytes(out.data(), out.size()) == 1) return {};
    core::wipe(out);
    if (fault_ != nullptr) return core::Error{core::Errc::provider_failure, fault_};
    return failure(core::Errc::provider_failure, "BoringSSL's random generator failed");
  }

 private:
  const char* fault_;
};

class BoringProvider final : public core::Provider {
 public:
  explicit BoringProvider(const char* fault) : fault_(fault), rng_(fault) {
    if (fault != nullptr) return;
    groups_.collect(core::dh_table(), make_group);
    kdfs_.collect(core::kdf_table(), make_kdf);
    aeads_.collect(core::aead_table(), make_aead);
    kems_.collect(core::pq_kem_table(), make_kem);
  }

  const char* name() const noexcept override { return "boringssl"; }
  const char* unusable() const noexcept override { return fault_; }
  const core::DhGroup* dh(core::DhId id) const noexcept override { return groups_.find(id); }
  const core::NativeKem* native_kem(core::KemId id) const noexcept override {
    return kems_.find(id);
  }
  const core::Kdf* kdf(core::KdfId id) const noexcept override { return kdfs_.find(id); }
  const core::Aead* aead(core::AeadId id) const noexcept override { return aeads_.find(id); }
  core::Rng& rng() const noexcept override { return rng_; }

 private:
  const char* fault_;
  mutable BoringRng rng_;
  core::AlgorithmList<core::DhGroup> groups_;
  core::AlgorithmList<core::NativeKem> kems_;
  core::AlgorithmList<core::Kdf> kdfs_;
  core::AlgorithmList<core::Aead> aeads_;
};

}  // namespace

const core::Provider& provider() noexcept {
  // Never destroyed: keys and contexts of other static objects may outlive any order of ours.
  static const core::Provider* const instance =
      new BoringProvider(own_symbols() ? nullptr : kForeign);
  return *instance;
}

}  // namespace twoway::boringssl
