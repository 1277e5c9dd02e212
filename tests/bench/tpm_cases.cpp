// A key in a TPM: swtpm behind OpenSSL's provider tpm2. Both sides load it from one file.
#include <mutex>

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/store.h>

#include "../../providers/openssl/src/native.hpp"
#include "cases.hpp"
#include "key_cases.hpp"
#include "swtpm.hpp"

namespace twoway::bench {
namespace {

using namespace openssl;

constexpr std::array<std::size_t, 3> kThreads{1, 2, 4};
constexpr std::chrono::milliseconds kSlice{20};  // a derivation takes up to one
constexpr const char* kFile = "key.pem";

/// A key of the provider tpm2, which one thread may use at a time.
class RawTpm {
 public:
  explicit RawTpm(const std::string& uri) {
    for (const char* name : {"tpm2", "default"}) {
      providers_.emplace_back(OSSL_PROVIDER_load(context_.get(), name));
      require(providers_.back() != nullptr);
    }
    const std::unique_ptr<OSSL_STORE_CTX, Freer<OSSL_STORE_close>> store(OSSL_STORE_open_ex(
        uri.c_str(), context_.get(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr));
    require(store != nullptr && OSSL_STORE_expect(store.get(), OSSL_STORE_INFO_PKEY) == 1);
    const std::unique_ptr<OSSL_STORE_INFO, Freer<OSSL_STORE_INFO_free>> info(
        OSSL_STORE_load(store.get()));
    require(info != nullptr);
    key_.reset(OSSL_STORE_INFO_get1_PKEY(info.get()));
    derive_.reset(EVP_PKEY_CTX_new_from_pkey(context_.get(), key_.get(), nullptr));
    import_.reset(EVP_PKEY_CTX_new_from_pkey(context_.get(), key_.get(), nullptr));
    require(EVP_PKEY_derive_init(derive_.get()) == 1 && EVP_PKEY_fromdata_init(import_.get()) == 1);
  }

  void derive(ByteSpan secret, ByteView enc) {
    const std::lock_guard lock(mutex_);
    char group[] = "P-256";
    OSSL_PARAM description[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                          const_cast<std::uint8_t*>(enc.data()), enc.size()),
        OSSL_PARAM_construct_end()};
    EVP_PKEY* made = nullptr;
    require(EVP_PKEY_fromdata(import_.get(), &made, EVP_PKEY_PUBLIC_KEY, description) == 1);
    const Pkey peer(made);
    std::size_t size = secret.size();
    require(EVP_PKEY_derive_set_peer_ex(derive_.get(), peer.get(), 0) == 1 &&
            EVP_PKEY_derive(derive_.get(), secret.data(), &size) == 1 && size == secret.size());
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<OSSL_LIB_CTX, Freer<OSSL_LIB_CTX_free>> context_{OSSL_LIB_CTX_new()};
  std::vector<std::unique_ptr<OSSL_PROVIDER, Freer<OSSL_PROVIDER_unload>>> providers_;
  Pkey key_;
  PkeyCtx derive_, import_;
};

class RawTpmKey final : public RawKey {
 public:
  explicit RawTpmKey(std::shared_ptr<RawTpm> tpm) : tpm_(std::move(tpm)) {}
  void derive(ByteSpan secret, ByteView enc) override { tpm_->derive(secret, enc); }

 private:
  const std::shared_ptr<RawTpm> tpm_;
};

class Tpm final : public KeyPlace {
 public:
  Tpm() {
    test::must(tpm_.generate("P-256", kFile), "the TPM makes no key");
    const auto store = take(KeyStore::open({.providers = {"tpm2", "default"}}));
    key_ = take(store->load(tpm_.path(kFile)));
    raw_ = std::make_shared<RawTpm>(tpm_.path(kFile));
  }

  std::shared_ptr<const PrivateKey> key() const override { return key_; }
  std::unique_ptr<RawKey> raw_key() const override { return std::make_unique<RawTpmKey>(raw_); }

 private:
  const test::Swtpm tpm_;
  std::shared_ptr<const PrivateKey> key_;
  std::shared_ptr<RawTpm> raw_;
};

const KeyRegistration registration([](const RawLibrary& library) {
  add_key_pairs(library, KemId::dhkem_p256, "tpm", kThreads, kSlice,
                [](const core::Provider&, KemId) { return std::make_shared<Tpm>(); });
});

}  // namespace
}  // namespace twoway::bench
