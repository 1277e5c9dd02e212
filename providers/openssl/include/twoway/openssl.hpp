// The OpenSSL provider: OpenSSL 3.0 and newer.
#pragma once

#include <memory>

#include <twoway/core/export.hpp>
#include <twoway/core/provider.hpp>

struct ossl_lib_ctx_st;
struct evp_pkey_st;

namespace twoway::openssl {

/// Where algorithms are fetched from: ciphers, digests, key types and key exchanges. HMAC is
/// composed here of the fetched digest, which matters where only a module's own HMAC may be used.
/// The strings and the context must outlive the provider.
struct Options {
  ossl_lib_ctx_st* library_context = nullptr;  ///< an OSSL_LIB_CTX; null is the default one
  const char* properties = nullptr;            ///< a property query such as "fips=yes"
};

/// The provider over OpenSSL's default library context. Made at the first call, never destroyed.
TWOWAY_API const core::Provider& provider() noexcept;

/// A provider over another library context or property query. It offers what can be fetched
/// there when it is made; not_supported where that is nothing at all.
TWOWAY_API core::Result<std::unique_ptr<const core::Provider>> create(
    const Options& options) noexcept;

struct OpaqueOptions {
  Options where;  ///< where the key's own operations are fetched
  /// Lets several threads use the EVP_PKEY at once. By default calls are serialised, because
  /// keys of hardware-backed OpenSSL providers are known to hang otherwise.
  bool concurrent = false;
};

/// A private key over any EVP_PKEY that can derive: software, TPM, KMS. Takes a reference of its
/// own to `key`, whose curve must be P-256, P-384, P-521, X25519 or X448 and whose public half
/// must be readable. Use it with any provider that offers its KEM. Errors: invalid_argument (a
/// null key), not_supported (another kind of key), key_unavailable (no public half).
TWOWAY_API core::Result<std::unique_ptr<core::PrivateKey>> opaque_key(
    evp_pkey_st* key, const OpaqueOptions& options = {}) noexcept;

}  // namespace twoway::openssl
