#include "dh_native.hpp"

#include <cstdlib>

#include <openssl/core_names.h>

namespace twoway::openssl {
namespace {

constexpr std::array kGroups{
    GroupNames{core::DhId::p256, "EC", "P-256", "ECDH", NID_X9_62_prime256v1},
    GroupNames{core::DhId::p384, "EC", "P-384", "ECDH", NID_secp384r1},
    GroupNames{core::DhId::p521, "EC", "P-521", "ECDH", NID_secp521r1},
    GroupNames{core::DhId::x25519, "X25519", nullptr, "X25519", NID_X25519},
    GroupNames{core::DhId::x448, "X448", nullptr, "X448", NID_X448},
};

}  // namespace

const GroupNames& group_names(core::DhId id) noexcept {
  for (const GroupNames& row : kGroups) {
    if (row.id == id) return row;
  }
  std::abort();
}

bool read_public(EVP_PKEY* key, core::ByteSpan out) noexcept {
  std::size_t size = 0;
  return EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, out.data(),
                                         out.size(), &size) == 1 &&
         size == out.size();
}

bool derive(EVP_PKEY_CTX* context, core::DhSecret& secret, std::size_t ndh) noexcept {
  std::size_t size = ndh;
  if (EVP_PKEY_derive(context, secret.reset(ndh).data(), &size) == 1 && size == ndh) return true;
  secret.clear();
  return false;
}

}  // namespace twoway::openssl
