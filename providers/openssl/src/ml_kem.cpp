// ML-KEM (FIPS 203) by EVP_KEM, which OpenSSL has from version 3.5 on. A private key is a seed.
#include <openssl/core_names.h>
#include <openssl/params.h>

#include <twoway/core/kem.hpp>
#include <twoway/core/secret.hpp>

#include "factories.hpp"
#include "native.hpp"

namespace twoway::openssl {
namespace {

using core::ByteSpan;
using core::ByteView;
using core::Errc;
using core::Error;
using core::KemParams;
using core::Result;
using core::Status;

using Kem = std::unique_ptr<EVP_KEM, Freer<EVP_KEM_free>>;

// The names of OSSL_PKEY_PARAM_ML_KEM_SEED and OSSL_KEM_PARAM_IKME, which older headers lack.
constexpr const char* kSeedParam = "seed";
constexpr const char* kRandomnessParam = "ikme";
constexpr std::size_t kRandomness = 32;  // m of FIPS 203 section 6.2

/// One parameter of bytes, for functions that only read it.
class BytesParam {
 public:
  BytesParam(const char* name, ByteView bytes) noexcept
      : params_{OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(bytes.data()),
                                                  bytes.size()),
                OSSL_PARAM_construct_end()} {}
  const OSSL_PARAM* get() const noexcept { return params_; }

 private:
  OSSL_PARAM params_[2];
};

class PublicKey final : public core::PublicKey {
 public:
  PublicKey(const core::NativeKem& kem, Pkey key, ByteView bytes)
      : kem_(kem), key_(std::move(key)), bytes_(bytes.begin(), bytes.end()) {}

  ByteView bytes() const noexcept override { return bytes_; }
  const void* maker() const noexcept override { return &kem_; }
  EVP_PKEY* native() const noexcept { return key_.get(); }

 private:
  const core::NativeKem& kem_;
  Pkey key_;
  core::Bytes bytes_;
};

class PrivateKey final : public core::PrivateKey {
 public:
  PrivateKey(const KemParams& params, const Options& options, Pkey key, core::Bytes pk) noexcept
      : params_(params), options_(options), key_(std::move(key)), public_(std::move(pk)) {}

  core::KemId kem_id() const noexcept override { return params_.id; }
  ByteView public_key() const noexcept override { return public_; }

  // FIPS 203 section 6.3: a ciphertext of the right length always gives a secret. A forged one
  // gives one that nobody knows.
  Status decap(core::SharedSecret& secret, const core::Kem& kem,
               const core::Encapsulation& enc) const noexcept override {
    secret.clear();
    if (kem.params().id != params_.id || enc.kem_id() != params_.id) {
      return Error{Errc::invalid_argument, "the key belongs to another KEM than the suite"};
    }
    // The context of a KEM cannot be copied.
    const PkeyCtx context(
        EVP_PKEY_CTX_new_from_pkey(options_.library_context, key_.get(), options_.properties));
    const ByteSpan out = secret.reset(params_.nsecret);
    std::size_t size = out.size();
    if (context != nullptr && EVP_PKEY_decapsulate_init(context.get(), nullptr) == 1 &&
        EVP_PKEY_decapsulate(context.get(), out.data(), &size, enc.bytes().data(),
                             enc.bytes().size()) == 1 &&
        size == out.size()) {
      return {};
    }
    secret.clear();
    return failure(Errc::key_unavailable,
                   "OpenSSL failed to decapsulate: see the native code, its reason");
  }

 private:
  const KemParams& params_;
  const Options& options_;
  Pkey key_;
  core::Bytes public_;
};

class MlKem final : public core::NativeKem {
 public:
  MlKem(const KemParams& params, const Options& options, const core::Kdf& shake256) noexcept
      : params_(params), options_(options), shake256_(shake256) {}

  const KemParams& params() const noexcept override { return params_; }

  bool offered() const noexcept {
    const Kem kem(EVP_KEM_fetch(options_.library_context, params_.name, options_.properties));
    const Keymgmt type(
        EVP_KEYMGMT_fetch(options_.library_context, params_.name, options_.properties));
    return kem != nullptr && type != nullptr;
  }

  // OpenSSL makes the check of FIPS 203 section 7.2.
  Result<std::unique_ptr<core::PublicKey>> import_public(ByteView pk) const noexcept override {
    Pkey key(EVP_PKEY_new_raw_public_key_ex(options_.library_context, params_.name,
                                            options_.properties, pk.data(), pk.size()));
    if (pk.size() != params_.npk || key == nullptr) {
      return failure(Errc::invalid_key, "the public key is not valid for its KEM");
    }
    return std::unique_ptr<core::PublicKey>(std::make_unique<PublicKey>(*this, std::move(key), pk));
  }

  // Generating a key from a seed is several times faster than importing it with the seed.
  Result<std::unique_ptr<core::PrivateKey>> import_private(ByteView sk) const noexcept override {
    if (sk.size() != params_.nsk) {
      return Error{Errc::invalid_key, "the private key is not a seed of its KEM"};
    }
    const PkeyCtx context(
        EVP_PKEY_CTX_new_from_name(options_.library_context, params_.name, options_.properties));
    const BytesParam seed(kSeedParam, sk);
    EVP_PKEY* made = nullptr;
    const bool generated = context != nullptr && EVP_PKEY_keygen_init(context.get()) == 1 &&
                           EVP_PKEY_CTX_set_params(context.get(), seed.get()) == 1 &&
                           EVP_PKEY_generate(context.get(), &made) == 1;
    Pkey key(made);
    core::Bytes pk(params_.npk);
    std::size_t size = pk.size();
    if (!generated || EVP_PKEY_get_raw_public_key(key.get(), pk.data(), &size) != 1 ||
        size != pk.size()) {
      return backend_failure();
    }
    return std::unique_ptr<core::PrivateKey>(
        std::make_unique<PrivateKey>(params_, options_, std::move(key), std::move(pk)));
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
    const BytesParam injected(kRandomnessParam, randomness.view());
    const PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(
        options_.library_context, static_cast<const PublicKey&>(receiver).native(),
        options_.properties));
    const ByteSpan out = secret.reset(params_.nsecret);
    std::size_t enc_size = enc.size();
    std::size_t size = out.size();
    if (context != nullptr &&
        EVP_PKEY_encapsulate_init(context.get(), rng == nullptr ? nullptr : injected.get()) == 1 &&
        EVP_PKEY_encapsulate(context.get(), enc.data(), &enc_size, out.data(), &size) == 1 &&
        enc_size == enc.size() && size == out.size()) {
      return {};
    }
    secret.clear();
    return backend_failure();
  }

 private:
  const KemParams& params_;
  const Options options_;
  const core::Kdf& shake256_;
};

}  // namespace

std::unique_ptr<core::NativeKem> make_ml_kem(const KemParams& params, const Options& options,
                                             const core::Kdf* shake256) {
  if (shake256 == nullptr || params.nsk != core::kMlKemSeed) return nullptr;
  auto kem = std::make_unique<MlKem>(params, options, *shake256);
  const bool offered = kem->offered();
  ERR_clear_error();
  if (!offered) return nullptr;
  return kem;
}

}  // namespace twoway::openssl
