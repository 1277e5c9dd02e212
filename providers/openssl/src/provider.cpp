#include <openssl/rand.h>

#include <twoway/core/algorithm_list.hpp>
#include <twoway/core/secret.hpp>

#include "factories.hpp"
#include "native.hpp"

namespace twoway::openssl {
namespace {

class OpensslRng final : public core::Rng {
 public:
  OpensslRng(OSSL_LIB_CTX* context, const char* fault) noexcept
      : context_(context), fault_(fault) {}

  core::Status fill(core::ByteSpan out) noexcept override {
    if (fault_ != nullptr) {
      core::wipe(out);
      return core::Error{core::Errc::provider_failure, fault_};
    }
    if (RAND_bytes_ex(context_, out.data(), out.size(), 0) == 1) return {};
    core::wipe(out);
    return failure(core::Errc::provider_failure, "OpenSSL's random generator failed");
  }

 private:
  OSSL_LIB_CTX* context_;
  const char* fault_;
};

/// The messages for an OpenSSL without any algorithm: the cause, and the remedy.
const char* no_algorithms(const Options& options) noexcept {
  if (options.properties != nullptr) {
    return "OpenSSL has no algorithms that twoway uses and that match the property query: correct "
           "it, and see that an OpenSSL provider that matches it is loaded";
  }
  if (options.library_context != nullptr) {
    return "the library context has no algorithms that twoway uses: load the OpenSSL provider "
           "default or fips into it, and see that its default properties match that provider";
  }
  return "OpenSSL has no algorithms that twoway uses: see OPENSSL_CONF, or else openssl.cnf, "
         "activate the provider default or fips there, and remove default_properties that rule it "
         "out (openssl list -providers shows what is active)";
}

/// Everything that OpenSSL offers is fetched once, here.
class OpensslProvider final : public core::Provider {
 public:
  explicit OpensslProvider(const Options& options)
      : fault_(collect(options)), rng_(options.library_context, fault_) {}

  const char* name() const noexcept override { return "openssl"; }
  const char* unusable() const noexcept override { return fault_; }
  const core::DhGroup* dh(core::DhId id) const noexcept override { return groups_.find(id); }
  const core::Kdf* kdf(core::KdfId id) const noexcept override { return kdfs_.find(id); }
  const core::Aead* aead(core::AeadId id) const noexcept override { return aeads_.find(id); }
  const core::NativeKem* native_kem(core::KemId id) const noexcept override {
    return kems_.find(id);
  }
  const core::Hash* sha3_256() const noexcept override { return sha3_256_.get(); }
  core::Rng& rng() const noexcept override { return rng_; }

 private:
  /// Null, or why there is nothing.
  const char* collect(const Options& options) {
    if (const char* fault = foreign_symbols()) return fault;
    groups_.collect(core::dh_table(), [&](const auto& row) { return make_group(row, options); });
    kdfs_.collect(core::kdf_table(), [&](const auto& row) { return make_kdf(row, options); });
    aeads_.collect(core::aead_table(), [&](const auto& row) { return make_aead(row, options); });
    sha3_256_ = make_sha3_256(options);
    kems_.collect(core::pq_kem_table(), [&](const auto& row) {
      return make_ml_kem(row, options, kdfs_.find(core::KdfId::shake256));
    });
    const bool none = groups_.empty() && kdfs_.empty() && aeads_.empty();
    return none ? no_algorithms(options) : nullptr;
  }

  core::AlgorithmList<core::DhGroup> groups_;
  core::AlgorithmList<core::Kdf> kdfs_;
  core::AlgorithmList<core::Aead> aeads_;
  core::AlgorithmList<core::NativeKem> kems_;
  std::unique_ptr<core::Hash> sha3_256_;
  const char* fault_;
  mutable OpensslRng rng_;
};

}  // namespace

const core::Provider& provider() noexcept {
  // Never destroyed: keys and contexts of other static objects may outlive any order of ours.
  static const core::Provider* const instance = new OpensslProvider(Options{});
  return *instance;
}

core::Result<std::unique_ptr<const core::Provider>> create(const Options& options) noexcept {
  auto made = std::make_unique<OpensslProvider>(options);
  if (made->unusable() != nullptr) {
    return core::Error{core::Errc::not_supported, made->unusable()};
  }
  return std::unique_ptr<const core::Provider>(std::move(made));
}

}  // namespace twoway::openssl
