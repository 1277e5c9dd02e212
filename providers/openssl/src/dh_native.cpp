#include "dh_native.hpp"

#include <cstdlib>
#include <string>

#include <openssl/core_names.h>
#include <openssl/objects.h>
#include <openssl/params.h>
#include <openssl/provider.h>

namespace twoway::openssl {
namespace {

// Types are named by OID (RFC 5480, RFC 8410). By its other names OpenSSL would first look for a
// method that an engine or the application has put in the type's place, and such a method makes
// keys that no OpenSSL provider takes.
constexpr const char* kEc = "1.2.840.10045.2.1";
constexpr const char* kX25519 = "1.3.101.110";
constexpr const char* kX448 = "1.3.101.111";

constexpr std::array kGroups{
    GroupNames{core::DhId::p256, kEc, "P-256", "ECDH", NID_X9_62_prime256v1},
    GroupNames{core::DhId::p384, kEc, "P-384", "ECDH", NID_secp384r1},
    GroupNames{core::DhId::p521, kEc, "P-521", "ECDH", NID_secp521r1},
    GroupNames{core::DhId::x25519, kX25519, nullptr, "X25519", NID_X25519},
    GroupNames{core::DhId::x448, kX448, nullptr, "X448", NID_X448},
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

/// Returns the property query for operations with `key`, or nothing for none. Unless one is given,
/// it is the key's own OpenSSL provider that is asked: OpenSSL would take the first that has the
/// algorithm, and hand it a copy.
std::string properties_for(EVP_PKEY* key, const Options& where) noexcept {
  if (where.properties != nullptr) return where.properties;
  const OSSL_PROVIDER* own = EVP_PKEY_get0_provider(key);
  return own == nullptr ? std::string() : std::string("provider=") + OSSL_PROVIDER_get0_name(own);
}

const char* or_null(const std::string& properties) noexcept {
  return properties.empty() ? nullptr : properties.c_str();
}

/// A public key for the OpenSSL provider that holds `key`.
Pkey import_peer(EVP_PKEY* key, const core::DhParams& params, core::ByteView pk,
                 const Options& where) noexcept {
  const GroupNames& names = group_names(params.id);
  // OSSL_PARAM is one type for reading and writing. OpenSSL only reads here.
  const OSSL_PARAM point = OSSL_PARAM_construct_octet_string(
      OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(pk.data()), pk.size());
  std::array<OSSL_PARAM, 3> description{point, OSSL_PARAM_construct_end(),
                                        OSSL_PARAM_construct_end()};
  if (names.group != nullptr) {
    description[1] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                      const_cast<char*>(names.group), 0);
  }
  const std::string properties = properties_for(key, where);
  const PkeyCtx context(
      EVP_PKEY_CTX_new_from_name(where.library_context, names.type, or_null(properties)));
  EVP_PKEY* peer = nullptr;
  if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &peer, EVP_PKEY_PUBLIC_KEY, description.data()) != 1) {
    return {};
  }
  return Pkey(peer);
}

}  // namespace

const GroupNames& group_names(core::DhId id) noexcept {
  for (const GroupNames& row : kGroups) {
    if (row.id == id) return row;
  }
  std::abort();
}

bool read_public(EVP_PKEY* key, core::ByteSpan out) noexcept {
  // tpm2-openssl knows the second name alone. By that one, a point may have another form.
  for (const char* name : {OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, OSSL_PKEY_PARAM_PUB_KEY}) {
    std::size_t size = 0;
    if (EVP_PKEY_get_octet_string_param(key, name, out.data(), out.size(), &size) != 1) continue;
    return size == out.size();
  }
  return false;
}

core::Result<PublicHalf> public_half(EVP_PKEY* key) noexcept {
  const int nid = curve_nid(key);
  for (const core::DhParams& params : core::dh_table()) {
    if (group_names(params.id).nid != nid) continue;
    PublicHalf half{&params, {}};
    half.pk.size = params.npk;
    if (read_public(key, core::ByteSpan(half.pk.bytes).first(params.npk))) return half;
    return failure(core::Errc::key_unavailable, "the EVP_PKEY does not show its public half");
  }
  return failure(core::Errc::not_supported,
                 "the EVP_PKEY's curve is none of P-256, P-384, P-521, X25519, X448");
}

core::Status opaque_dh(core::DhSecret& secret, EVP_PKEY* key, const core::DhParams& params,
                       core::ByteView peer, const Options& where) noexcept {
  const Pkey native = import_peer(key, params, peer, where);
  if (native == nullptr) {
    return core::Error{core::Errc::key_unavailable,
                       "the key's OpenSSL provider cannot take a public key"};
  }
  const std::string properties = properties_for(key, where);
  const PkeyCtx context(
      EVP_PKEY_CTX_new_from_pkey(where.library_context, key, or_null(properties)));
  if (context != nullptr && EVP_PKEY_derive_init(context.get()) == 1 &&
      EVP_PKEY_derive_set_peer_ex(context.get(), native.get(), 0) == 1 &&
      derive(context.get(), secret, params.ndh)) {
    return {};
  }
  return core::Error{core::Errc::key_unavailable, "the key failed to derive: see the native code"};
}

bool derive(EVP_PKEY_CTX* context, core::DhSecret& secret, std::size_t ndh) noexcept {
  std::size_t size = ndh;
  if (EVP_PKEY_derive(context, secret.reset(ndh).data(), &size) == 1 && size == ndh) return true;
  secret.clear();
  return false;
}

}  // namespace twoway::openssl
