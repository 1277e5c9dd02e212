// EVP_PKEYs as an application would make them, without the provider's own code.
#pragma once

#include <memory>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/provider.h>

#include "support.hpp"

namespace twoway::test {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using PkeyCtx = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using LibCtx = std::unique_ptr<OSSL_LIB_CTX, Freer<OSSL_LIB_CTX_free>>;

/// Makes a key of `type`, on the named `group` if that is not null.
inline Pkey generate(const char* type, const char* group, OSSL_LIB_CTX* where = nullptr) {
  const PkeyCtx context(EVP_PKEY_CTX_new_from_name(where, type, nullptr));
  REQUIRE(context != nullptr);
  REQUIRE(EVP_PKEY_keygen_init(context.get()) == 1);
  if (group != nullptr) REQUIRE(EVP_PKEY_CTX_set_group_name(context.get(), group) == 1);
  EVP_PKEY* key = nullptr;
  REQUIRE(EVP_PKEY_generate(context.get(), &key) == 1);
  return Pkey(key);
}

}  // namespace twoway::test
