#include <array>
#include <mutex>

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/params.h>

#include "dh_native.hpp"

namespace twoway::openssl {
namespace {

using core::ByteView;
using core::DhParams;
using core::DhSecret;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// Any EVP_PKEY as a DhPrivateKey. The peer is built by the key's own OpenSSL provider, which
/// may accept no other.
class OpaqueKey final : public core::DhPrivateKey {
 public:
  OpaqueKey(const DhParams& params, Pkey key, const PublicBytes& pk,
            const OpaqueOptions& options) noexcept
      : params_(params), key_(std::move(key)), public_(pk), options_(options) {}

  core::KemId kem_id() const noexcept override { return params_.kem; }
  ByteView public_key() const noexcept override { return public_.view(); }

  Status dh(DhSecret& secret, const core::PublicKey& peer) const noexcept override {
    secret.clear();
    std::unique_lock lock(mutex_, std::defer_lock);
    if (!options_.concurrent) lock.lock();
    const Pkey native = import_peer(peer.bytes());
    if (native == nullptr) {
      return failure(Errc::key_unavailable, "the key's OpenSSL provider cannot take a public key");
    }
    const PkeyCtx context = new_context();
    if (context != nullptr && EVP_PKEY_derive_init(context.get()) == 1 &&
        EVP_PKEY_derive_set_peer_ex(context.get(), native.get(), 0) == 1 &&
        derive(context.get(), secret, params_.ndh)) {
      return {};
    }
    return failure(Errc::key_unavailable, "the key failed to derive: see the native code");
  }

 private:
  PkeyCtx new_context() const noexcept {
    return PkeyCtx(EVP_PKEY_CTX_new_from_pkey(options_.where.library_context, key_.get(),
                                              options_.where.properties));
  }

  Pkey import_peer(ByteView pk) const noexcept {
    const GroupNames& names = group_names(params_.id);
    // OSSL_PARAM is one type for reading and writing; OpenSSL only reads here.
    const OSSL_PARAM point = OSSL_PARAM_construct_octet_string(
        OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(pk.data()), pk.size());
    std::array<OSSL_PARAM, 3> params{point, OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
    if (names.group != nullptr) {
      params[1] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                   const_cast<char*>(names.group), 0);
    }
    const PkeyCtx context = new_context();
    EVP_PKEY* key = nullptr;
    if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.data()) != 1) {
      return {};
    }
    return Pkey(key);
  }

  const DhParams& params_;
  Pkey key_;
  PublicBytes public_;
  OpaqueOptions options_;
  mutable std::mutex mutex_;
};

int curve_nid(EVP_PKEY* key) noexcept {
  if (EVP_PKEY_is_a(key, "X25519") == 1) return NID_X25519;
  if (EVP_PKEY_is_a(key, "X448") == 1) return NID_X448;
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_is_a(key, "EC") != 1 ||
      EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) {
    return NID_undef;
  }
  const int nist = EC_curve_nist2nid(name.data());
  return nist != NID_undef ? nist : OBJ_txt2nid(name.data());
}

const DhParams* group_of(EVP_PKEY* key) noexcept {
  const int nid = curve_nid(key);
  for (const DhParams& params : core::dh_table()) {
    if (group_names(params.id).nid == nid) return &params;
  }
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<core::PrivateKey>> opaque_key(EVP_PKEY* key,
                                                     const OpaqueOptions& options) noexcept {
  if (key == nullptr) return Error{Errc::invalid_argument, "opaque_key needs an EVP_PKEY"};
  const DhParams* params = group_of(key);
  if (params == nullptr) {
    return failure(Errc::not_supported,
                   "the EVP_PKEY's curve is none of P-256, P-384, P-521, X25519, X448");
  }
  PublicBytes pk;
  pk.size = params->npk;
  if (!read_public(key, core::ByteSpan(pk.bytes).first(pk.size))) {
    return failure(Errc::key_unavailable, "the EVP_PKEY does not show its public half");
  }
  if (EVP_PKEY_up_ref(key) != 1) return backend_failure();
  return std::unique_ptr<core::PrivateKey>(
      std::make_unique<OpaqueKey>(*params, Pkey(key), pk, options));
}

}  // namespace twoway::openssl
