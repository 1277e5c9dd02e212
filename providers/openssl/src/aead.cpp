#include <algorithm>
#include <array>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <twoway/core/secret.hpp>

#include "factories.hpp"
#include "native.hpp"

namespace twoway::openssl {
namespace {

using core::AeadParams;
using core::ByteSpan;
using core::ByteView;
using core::Error;
using core::Result;
using core::Status;

const char* cipher_name(core::AeadId id) noexcept {
  switch (id) {
    case core::AeadId::aes128_gcm: return "AES-128-GCM";
    case core::AeadId::aes256_gcm: return "AES-256-GCM";
    case core::AeadId::chacha20_poly1305: return "ChaCha20-Poly1305";
    case core::AeadId::export_only: return nullptr;
  }
  return nullptr;
}

enum Direction : int { kOpen = 0, kSeal = 1 };

constexpr std::array<std::uint8_t, core::kMaxNk> kZeros{};

/// A keyed context on loan. Giving it back replaces the key schedule with that of a zero key.
class Loan {
 public:
  Loan(CipherCtx context, Pool<CipherCtx>& pool) noexcept
      : context_(std::move(context)), pool_(&pool) {}
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  ~Loan() {
    if (EVP_CipherInit_ex2(context_.get(), nullptr, kZeros.data(), kZeros.data(), -1, nullptr) ==
        1) {
      pool_->give(std::move(context_));
    }
  }

  EVP_CIPHER_CTX* get() const noexcept { return context_.get(); }

 private:
  CipherCtx context_;
  Pool<CipherCtx>* pool_;
};

/// EVP_CipherUpdate for any length: its own is an int.
bool update(EVP_CIPHER_CTX* context, std::uint8_t* out, ByteView in) noexcept {
  constexpr std::size_t kStep = std::size_t{1} << 30;
  while (!in.empty()) {
    const std::size_t step = std::min(in.size(), kStep);
    int written = 0;
    if (EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(step)) != 1) {
      return false;
    }
    if (out != nullptr) out += step;
    in = in.subspan(step);
  }
  return true;
}

/// The nonce, the aad and the text. The key is in the context already.
bool process(EVP_CIPHER_CTX* context, ByteSpan out, ByteView nonce, ByteView aad,
             ByteView in) noexcept {
  return EVP_CipherInit_ex2(context, nullptr, nullptr, nonce.data(), -1, nullptr) == 1 &&
         update(context, nullptr, aad) && update(context, out.data(), in);
}

// OpenSSL hands a cipher to an engine that is the default for it, whether fetched or not. Engines
// know no parameters, so that the tag of their contexts is read and set by the older function. The
// newer one is tried first, because it is faster.
bool read_tag(EVP_CIPHER_CTX* context, ByteSpan tag) noexcept {
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag.data(), tag.size()),
      OSSL_PARAM_construct_end()};
  return EVP_CIPHER_CTX_get_params(context, params) == 1 ||
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                             tag.data()) == 1;
}

bool set_tag(EVP_CIPHER_CTX* context, ByteView tag) noexcept {
  // Neither function takes const pointers, though OpenSSL only reads from them here.
  auto* const data = const_cast<std::uint8_t*>(tag.data());
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, data, tag.size()),
      OSSL_PARAM_construct_end()};
  return EVP_CIPHER_CTX_set_params(context, params) == 1 ||
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()), data) ==
             1;
}

bool finish(EVP_CIPHER_CTX* context) noexcept {
  std::uint8_t none = 0;
  int written = 0;
  return EVP_CipherFinal_ex(context, &none, &written) == 1;
}

class Sealer final : public core::AeadSealer {
 public:
  Sealer(const AeadParams& params, CipherCtx context, Pool<CipherCtx>& pool) noexcept
      : params_(params), loan_(std::move(context), pool) {}

  Status seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad,
              ByteView in) noexcept override {
    if (!aead_buffers_ok(params_, out, tag, nonce, aad, in)) return core::kBadAeadBuffers;
    if (process(loan_.get(), out, nonce, aad, in) && finish(loan_.get()) &&
        read_tag(loan_.get(), tag)) {
      return {};
    }
    core::wipe(out);
    core::wipe(tag);
    return backend_failure();
  }

 private:
  const AeadParams& params_;
  Loan loan_;
};

class Opener final : public core::AeadOpener {
 public:
  Opener(const AeadParams& params, CipherCtx context, Pool<CipherCtx>& pool) noexcept
      : params_(params), loan_(std::move(context), pool) {}

  Status open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in,
              ByteView tag) noexcept override {
    if (!aead_buffers_ok(params_, out, tag, nonce, aad, in)) return core::kBadAeadBuffers;
    if (!process(loan_.get(), out, nonce, aad, in) || !set_tag(loan_.get(), tag)) {
      core::wipe(out);
      return backend_failure();
    }
    if (finish(loan_.get())) return {};
    const core::StackWipe<8192> wipe_key;  // on some processors ChaCha20's is left there
    core::wipe(out);
    ERR_clear_error();
    return core::kBadAeadTag;
  }

 private:
  const AeadParams& params_;
  Loan loan_;
};

class OpensslAead final : public core::Aead {
 public:
  OpensslAead(const AeadParams& params, Cipher cipher) noexcept
      : params_(params), cipher_(std::move(cipher)) {}

  const AeadParams& params() const noexcept override { return params_; }

  Result<std::unique_ptr<core::AeadSealer>> sealer(ByteView key) const noexcept override {
    return make<core::AeadSealer, Sealer>(key, kSeal);
  }

  Result<std::unique_ptr<core::AeadOpener>> opener(ByteView key) const noexcept override {
    return make<core::AeadOpener, Opener>(key, kOpen);
  }

 private:
  template <typename Interface, typename Object>
  Result<std::unique_ptr<Interface>> make(ByteView key, Direction direction) const noexcept {
    if (key.size() != params_.nk) return core::kBadAeadKey;
    Pool<CipherCtx>& pool = pools_[direction];
    CipherCtx context = pool.take();
    if (context == nullptr) {
      context.reset(EVP_CIPHER_CTX_new());
      if (context == nullptr || EVP_CipherInit_ex2(context.get(), cipher_.get(), nullptr, nullptr,
                                                   direction, nullptr) != 1) {
        return backend_failure();
      }
    }
    if (EVP_CipherInit_ex2(context.get(), nullptr, key.data(), nullptr, -1, nullptr) != 1) {
      return backend_failure();
    }
    return std::unique_ptr<Interface>(std::make_unique<Object>(params_, std::move(context), pool));
  }

  const AeadParams& params_;
  Cipher cipher_;
  mutable Pool<CipherCtx> pools_[2];
};

}  // namespace

std::unique_ptr<core::Aead> make_aead(const AeadParams& params, const Options& options) {
  const char* name = cipher_name(params.id);
  if (name == nullptr) return nullptr;
  Cipher cipher(EVP_CIPHER_fetch(options.library_context, name, options.properties));
  ERR_clear_error();
  if (cipher == nullptr) return nullptr;
  auto aead = std::make_unique<OpensslAead>(params, std::move(cipher));
  // An engine that has taken the cipher may turn out not to have it.
  if (!aead->sealer(ByteView(kZeros).first(params.nk))) return nullptr;
  return aead;
}

}  // namespace twoway::openssl
