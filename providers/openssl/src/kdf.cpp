#include <array>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <twoway/core/hkdf.hpp>

#include "native.hpp"
#include "parts.hpp"

namespace twoway::openssl {
namespace {

using core::ByteSpan;
using core::ByteView;
using core::Gather;
using core::KdfParams;
using core::Status;

struct DigestName {
  core::KdfId kdf;
  const char* digest;
};

constexpr std::array kDigests{
    DigestName{core::KdfId::hkdf_sha256, "SHA256"}, DigestName{core::KdfId::hkdf_sha384, "SHA384"},
    DigestName{core::KdfId::hkdf_sha512, "SHA512"}, DigestName{core::KdfId::shake128, "SHAKE128"},
    DigestName{core::KdfId::shake256, "SHAKE256"},
};

/// HMAC for HKDF. Contexts are lent; a zero key replaces the secret one before they go back.
class Hmac {
 public:
  /// `prototype` is initialised with the digest and a key of zeros.
  explicit Hmac(MacCtx prototype) noexcept
      : state_(std::make_unique<State>(std::move(prototype))) {}

  Status operator()(ByteSpan mac, ByteView key, Gather data) const noexcept {
    MacCtx context = state_->pool.take();
    if (context == nullptr) context.reset(EVP_MAC_CTX_dup(state_->prototype.get()));
    if (context == nullptr) return backend_failure();
    bool ok = EVP_MAC_init(context.get(), key.data(), key.size(), nullptr) == 1;
    for (const ByteView part : data) {
      ok = ok && EVP_MAC_update(context.get(), part.data(), part.size()) == 1;
    }
    std::size_t written = 0;
    ok = ok && EVP_MAC_final(context.get(), mac.data(), &written, mac.size()) == 1;
    if (EVP_MAC_init(context.get(), kZeroKey.data(), kZeroKey.size(), nullptr) == 1) {
      state_->pool.give(std::move(context));
    }
    return ok && written == mac.size() ? Status() : Status(backend_failure());
  }

  static MacCtx prototype(EVP_MAC* hmac, const char* digest, const Options& options) noexcept {
    MacCtx context(EVP_MAC_CTX_new(hmac));
    // OSSL_PARAM is one type for reading and writing; OpenSSL only reads here.
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
        OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
    if (options.properties != nullptr) {
      params[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_PROPERTIES,
                                                   const_cast<char*>(options.properties), 0);
    }
    const bool ok = context != nullptr &&
                    EVP_MAC_init(context.get(), kZeroKey.data(), kZeroKey.size(), params) == 1;
    return ok ? std::move(context) : MacCtx();
  }

 private:
  static constexpr std::array<std::uint8_t, core::kMaxNh> kZeroKey{};

  struct State {
    explicit State(MacCtx context) noexcept : prototype(std::move(context)) {}
    MacCtx prototype;
    Pool<MacCtx> pool;
  };
  std::unique_ptr<State> state_;
};

/// SHAKE128 and SHAKE256 as one-stage KDFs: Derive(ikm, L) = SHAKE(ikm, L)
/// (draft-ietf-hpke-pq).
class Shake final : public core::Kdf {
 public:
  Shake(const KdfParams& params, Digest digest) noexcept
      : params_(params), digest_(std::move(digest)) {}

  const KdfParams& params() const noexcept override { return params_; }

  Status derive(ByteSpan out, Gather ikm) const noexcept override {
    if (out.size() > params_.max_output) {
      core::wipe(out);
      return core::Error{core::Errc::invalid_argument, "Derive gives at most 65535 bytes"};
    }
    if (out.empty()) return {};
    const DigestCtx context(EVP_MD_CTX_new());  // wiped when it is freed
    bool ok = context != nullptr && EVP_DigestInit_ex2(context.get(), digest_.get(), nullptr) == 1;
    for (const ByteView part : ikm) {
      ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    }
    if (ok && EVP_DigestFinalXOF(context.get(), out.data(), out.size()) == 1) return {};
    core::wipe(out);
    return backend_failure();
  }

 private:
  const KdfParams& params_;
  Digest digest_;
};

}  // namespace

std::unique_ptr<core::Kdf> make_kdf(const KdfParams& params, const Options& options) {
  const char* name = nullptr;
  for (const DigestName& row : kDigests) {
    if (row.kdf == params.id) name = row.digest;
  }
  if (name == nullptr) return nullptr;
  if (params.stages == core::KdfStages::one) {
    Digest digest(EVP_MD_fetch(options.library_context, name, options.properties));
    ERR_clear_error();
    if (digest == nullptr) return nullptr;
    return std::make_unique<Shake>(params, std::move(digest));
  }
  const Mac mac(EVP_MAC_fetch(options.library_context, "HMAC", options.properties));
  MacCtx prototype = mac == nullptr ? MacCtx() : Hmac::prototype(mac.get(), name, options);
  ERR_clear_error();
  if (prototype == nullptr) return nullptr;
  return std::make_unique<core::Hkdf<Hmac>>(params, Hmac(std::move(prototype)));
}

}  // namespace twoway::openssl
