#include <openssl/core_names.h>
#include <openssl/params.h>

#include <twoway/core/secret.hpp>

#include "dh_native.hpp"
#include "factories.hpp"

namespace twoway::openssl {
namespace {

using core::ByteSpan;
using core::ByteView;
using core::DhParams;
using core::DhSecret;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

constexpr const char* kBadPoint = "the public key is not on its curve";
constexpr const char* kBadScalar = "OpenSSL refuses the private key";
constexpr const char* kDeriveFailed = "OpenSSL failed to derive: see the native code, its reason";

class SoftwarePublicKey final : public core::PublicKey {
 public:
  SoftwarePublicKey(const core::DhGroup& group, Pkey key, ByteView bytes) noexcept
      : group_(group), key_(std::move(key)) {
    bytes_.size = bytes.size();
    std::copy(bytes.begin(), bytes.end(), bytes_.bytes.begin());
  }

  ByteView bytes() const noexcept override { return bytes_.view(); }
  const void* maker() const noexcept override { return &group_; }
  EVP_PKEY* native() const noexcept { return key_.get(); }

 private:
  const core::DhGroup& group_;
  Pkey key_;
  PublicBytes bytes_;
};

class SoftwareKey final : public core::DhPrivateKey {
 public:
  /// `prepared` is a derive context of the key, initialised and without a peer.
  SoftwareKey(const core::DhGroup& group, PkeyCtx prepared, const PublicBytes& pk) noexcept
      : group_(group), prepared_(std::move(prepared)), public_(pk) {}

  core::KemId kem_id() const noexcept override { return group_.params().kem; }
  ByteView public_key() const noexcept override { return public_.view(); }

  Status dh(DhSecret& secret, const core::PublicKey& peer) const noexcept override {
    secret.clear();
    if (peer.maker() != &group_) {
      Result<std::unique_ptr<core::PublicKey>> mine = group_.import_public(peer.bytes());
      return mine ? dh(secret, **mine) : Status(mine.error());
    }
    EVP_PKEY* native = static_cast<const SoftwarePublicKey&>(peer).native();
    const PkeyCtx context = fresh_context();
    if (context != nullptr && EVP_PKEY_derive_set_peer_ex(context.get(), native, 0) == 1 &&
        derive(context.get(), secret, group_.params().ndh)) {
      return {};
    }
    return failure(Errc::key_unavailable, kDeriveFailed);
  }

 private:
  /// A derive context without a peer. One that an engine serves has no OpenSSL provider, and
  /// copying it may crash.
  PkeyCtx fresh_context() const noexcept {
    if (EVP_PKEY_CTX_get0_provider(prepared_.get()) != nullptr) {
      return PkeyCtx(EVP_PKEY_CTX_dup(prepared_.get()));
    }
    PkeyCtx context(EVP_PKEY_CTX_new(EVP_PKEY_CTX_get0_pkey(prepared_.get()), nullptr));
    if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1) return {};
    return context;
  }

  const core::DhGroup& group_;
  PkeyCtx prepared_;
  PublicBytes public_;
};

/// The common part of the NIST curves and the two Montgomery curves.
class Group : public core::DhGroup {
 public:
  Group(const DhParams& params, const Options& options) noexcept
      : params_(params), names_(group_names(params.id)), options_(options) {}

  const DhParams& params() const noexcept override { return params_; }

  // Copying the type and its parameters and then setting the point is several times faster than
  // making a key of the bytes, and setting a NIST point refuses one that is off the curve.
  Result<std::unique_ptr<core::PublicKey>> import_public(ByteView pk) const noexcept override {
    const bool encoded = pk.size() == params_.npk &&
                         (params_.order.empty() || pk.front() == POINT_CONVERSION_UNCOMPRESSED);
    Pkey key(EVP_PKEY_new());
    if (!encoded || key == nullptr || EVP_PKEY_copy_parameters(key.get(), domain_.get()) != 1 ||
        EVP_PKEY_set1_encoded_public_key(key.get(), pk.data(), pk.size()) != 1) {
      return failure(Errc::invalid_key, kBadPoint);
    }
    return std::unique_ptr<core::PublicKey>(
        std::make_unique<SoftwarePublicKey>(*this, std::move(key), pk));
  }

  Status ephemeral_dh(DhSecret& secret, ByteSpan enc,
                      const core::PublicKey& peer) const noexcept override {
    secret.clear();
    if (peer.maker() != this || enc.size() != params_.npk) {
      return Error{Errc::invalid_argument, "the peer is another group's, or enc is not Npk bytes"};
    }
    PkeyCtx generator = generators_.take();
    if (generator == nullptr) generator = make_generator();
    if (generator == nullptr) return backend_failure();
    EVP_PKEY* made = nullptr;
    const bool generated = EVP_PKEY_generate(generator.get(), &made) == 1;
    const Pkey key(made);
    if (!generated) return backend_failure();
    generators_.give(std::move(generator));

    EVP_PKEY* native = static_cast<const SoftwarePublicKey&>(peer).native();
    const PkeyCtx context = derive_context(key.get());
    if (context != nullptr && EVP_PKEY_derive_set_peer_ex(context.get(), native, 0) == 1 &&
        derive(context.get(), secret, params_.ndh) && read_public(key.get(), enc)) {
      return {};
    }
    secret.clear();
    return backend_failure();
  }

  /// Whether OpenSSL offers the group: its key type, its exchange, and a generator for it.
  virtual bool offered() noexcept {
    const Keymgmt type(
        EVP_KEYMGMT_fetch(options_.library_context, names_.type, options_.properties));
    const Keyexch exchange(
        EVP_KEYEXCH_fetch(options_.library_context, names_.exchange, options_.properties));
    return type != nullptr && exchange != nullptr && make_generator() != nullptr;
  }

 protected:
  const GroupNames& names() const noexcept { return names_; }
  const Options& options() const noexcept { return options_; }

  PkeyCtx new_context() const noexcept {
    return PkeyCtx(
        EVP_PKEY_CTX_new_from_name(options_.library_context, names_.type, options_.properties));
  }

  PkeyCtx derive_context(EVP_PKEY* key) const noexcept {
    PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(options_.library_context, key, options_.properties));
    if (context == nullptr || EVP_PKEY_derive_init(context.get()) != 1) return {};
    return context;
  }

  Result<std::unique_ptr<core::DhPrivateKey>> wrap_private(Pkey key) const noexcept {
    PublicBytes pk;
    pk.size = params_.npk;
    PkeyCtx prepared = derive_context(key.get());
    if (prepared == nullptr || !read_public(key.get(), ByteSpan(pk.bytes).first(pk.size))) {
      return failure(Errc::invalid_key, kBadScalar);
    }
    return std::unique_ptr<core::DhPrivateKey>(
        std::make_unique<SoftwareKey>(*this, std::move(prepared), pk));
  }

  Pkey domain_;  ///< a key of this group, for its parameters, made by `offered`

 private:
  PkeyCtx make_generator() const noexcept {
    PkeyCtx context = new_context();
    if (context == nullptr || EVP_PKEY_keygen_init(context.get()) != 1) return {};
    if (names_.group != nullptr && EVP_PKEY_CTX_set_group_name(context.get(), names_.group) != 1) {
      return {};
    }
    return context;
  }

  const DhParams& params_;
  const GroupNames& names_;
  Options options_;
  mutable Pool<PkeyCtx> generators_;
};

class MontgomeryGroup final : public Group {
 public:
  using Group::Group;

  bool offered() noexcept override {
    if (!Group::offered()) return false;
    // There are no parameters beside the type, and any value of the right length will do for it.
    const PublicBytes any{{1}, params().npk};
    domain_.reset(EVP_PKEY_new_raw_public_key_ex(options().library_context, names().type,
                                                 options().properties, any.bytes.data(), any.size));
    return domain_ != nullptr;
  }

  Result<std::unique_ptr<core::DhPrivateKey>> import_private(ByteView sk) const noexcept override {
    Pkey key(EVP_PKEY_new_raw_private_key_ex(options().library_context, names().type,
                                             options().properties, sk.data(), sk.size()));
    if (key == nullptr) return failure(Errc::invalid_key, kBadScalar);
    return wrap_private(std::move(key));
  }
};

class NistGroup final : public Group {
 public:
  using Group::Group;

  bool offered() noexcept override {
    if (!Group::offered()) return false;
    curve_.reset(EC_GROUP_new_by_curve_name_ex(options().library_context, options().properties,
                                               names().nid));
    OSSL_PARAM params[] = {group_param(), OSSL_PARAM_construct_end()};
    domain_ = from_data(EVP_PKEY_KEY_PARAMETERS, params);
    return curve_ != nullptr && domain_ != nullptr;
  }

  // A key imported without its public half would expose none, so pk = sk * G is computed here.
  Result<std::unique_ptr<core::DhPrivateKey>> import_private(ByteView sk) const noexcept override {
    if (sk.size() != params().nsk) return Error{Errc::invalid_key, kBadScalar};
    const SecretBn scalar(BN_bin2bn(sk.data(), static_cast<int>(sk.size()), nullptr));
    const EcPoint point(EC_POINT_new(curve_.get()));
    const BnCtx work(BN_CTX_new_ex(options().library_context));
    if (scalar == nullptr || point == nullptr || work == nullptr) return backend_failure();
    BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
    core::PrivateKeyBytes native_sk;
    const ByteSpan sk_bytes = native_sk.reset(sk.size());
    PublicBytes pk;
    // Zero gives infinity, which has no such encoding. OpenSSL reduces a scalar that is not below
    // the order.
    if (BN_cmp(scalar.get(), EC_GROUP_get0_order(curve_.get())) >= 0 ||
        EC_POINT_mul(curve_.get(), point.get(), scalar.get(), nullptr, nullptr, work.get()) != 1 ||
        EC_POINT_point2oct(curve_.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                           pk.bytes.data(), params().npk, work.get()) != params().npk ||
        BN_bn2nativepad(scalar.get(), sk_bytes.data(), static_cast<int>(sk_bytes.size())) < 0) {
      return failure(Errc::invalid_key, kBadScalar);
    }
    OSSL_PARAM params_of_key[] = {
        group_param(),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, pk.bytes.data(), params().npk),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, sk_bytes.data(), sk_bytes.size()),
        OSSL_PARAM_construct_end()};
    Pkey key = from_data(EVP_PKEY_KEYPAIR, params_of_key);
    if (key == nullptr) return failure(Errc::invalid_key, kBadScalar);
    return wrap_private(std::move(key));
  }

 private:
  // OSSL_PARAM is one type for reading and writing. OpenSSL only reads here.
  OSSL_PARAM group_param() const noexcept {
    return OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                            const_cast<char*>(names().group), 0);
  }

  Pkey from_data(int selection, OSSL_PARAM* params_of_key) const noexcept {
    const PkeyCtx context = new_context();
    EVP_PKEY* key = nullptr;
    if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, selection, params_of_key) != 1) {
      return {};
    }
    return Pkey(key);
  }

  EcGroup curve_;
};

}  // namespace

std::unique_ptr<core::DhGroup> make_group(const DhParams& params, const Options& options) {
  std::unique_ptr<Group> group;
  if (params.order.empty()) {
    group = std::make_unique<MontgomeryGroup>(params, options);
  } else {
    group = std::make_unique<NistGroup>(params, options);
  }
  const bool offered = group->offered();
  ERR_clear_error();
  if (!offered) return nullptr;
  return group;
}

}  // namespace twoway::openssl
