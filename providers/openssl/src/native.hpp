// OpenSSL's objects as owning types, its errors as Error, and contexts lent from a free list.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <twoway/core/error.hpp>
#include <twoway/openssl.hpp>

namespace twoway::openssl {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using Cipher = std::unique_ptr<EVP_CIPHER, Freer<EVP_CIPHER_free>>;
using CipherCtx = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, Freer<EVP_MD_free>>;
using DigestCtx = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using Pkey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using PkeyCtx = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using Keymgmt = std::unique_ptr<EVP_KEYMGMT, Freer<EVP_KEYMGMT_free>>;
using Keyexch = std::unique_ptr<EVP_KEYEXCH, Freer<EVP_KEYEXCH_free>>;
using EcGroup = std::unique_ptr<EC_GROUP, Freer<EC_GROUP_free>>;
using EcPoint = std::unique_ptr<EC_POINT, Freer<EC_POINT_free>>;
using SecretBn = std::unique_ptr<BIGNUM, Freer<BN_clear_free>>;
using BnCtx = std::unique_ptr<BN_CTX, Freer<BN_CTX_free>>;

/// An Error with the reason of the last OpenSSL error on this thread, whose queue is emptied.
inline core::Error failure(core::Errc code, const char* message) noexcept {
  const auto reason = static_cast<std::uint64_t>(ERR_GET_REASON(ERR_peek_last_error()));
  ERR_clear_error();
  return {code, message, reason};
}

/// Returns null if the functions that this library is bound to are OpenSSL's, else an error
/// message. In that case no other function may be called. BoringSSL has this one under the same
/// name.
inline const char* foreign_symbols() noexcept {
  const char* version = OpenSSL_version(OPENSSL_VERSION);
  if (version != nullptr && std::strncmp(version, "BoringSSL", 9) != 0) return nullptr;
  return "OpenSSL and a BoringSSL without a symbol prefix are in this process, and OpenSSL's calls "
         "reach BoringSSL: link one of them, or a BoringSSL that has a prefix";
}

inline core::Error backend_failure() noexcept {
  return failure(core::Errc::provider_failure, "OpenSSL failed: see the native code, its reason");
}

/// Contexts that cost more to make than to reuse. `take` returns an empty pointer if none is free.
/// The caller removes the secrets from a context before giving it back. Thread-safe.
template <typename Owned>
class Pool {
 public:
  Owned take() noexcept {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return {};
    Owned context = std::move(free_.back());
    free_.pop_back();
    return context;
  }

  void give(Owned context) noexcept {
    const std::lock_guard lock(mutex_);
    if (free_.size() < kMost) free_.push_back(std::move(context));
  }

 private:
  static constexpr std::size_t kMost = 64;  // bounds the contexts left behind by a burst of threads

  std::mutex mutex_;
  std::vector<Owned> free_;
};

}  // namespace twoway::openssl
