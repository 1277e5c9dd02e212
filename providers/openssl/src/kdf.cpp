#include <algorithm>
#include <array>

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

/// HMAC for HKDF, of OpenSSL's digest. OpenSSL's HMAC takes half as long again, and twice as long
/// where it must forget its key afterwards. Contexts are lent.
class Hmac {
 public:
  /// `prototype` is initialised with the digest.
  explicit Hmac(DigestCtx prototype) noexcept
      : state_(std::make_unique<State>(std::move(prototype))) {}

  // RFC 2104 section 2: H(K XOR opad, H(K XOR ipad, text)), where K is padded with zeros to the
  // digest's block, and a longer key is hashed first.
  Status operator()(ByteSpan mac, ByteView key, Gather data) const noexcept {
    constexpr std::uint8_t kIpad = 0x36;
    constexpr std::uint8_t kOpad = 0x5c;
    DigestCtx context = state_->pool.take();
    if (context == nullptr) context = copy_of_prototype();
    if (context == nullptr) return backend_failure();

    core::Secret<kMaxBlock> padded;
    const ByteSpan k = padded.reset(state_->block);
    bool ok = true;
    if (key.size() > k.size()) {
      ok = hash(context.get(), k.first(mac.size()), {}, {&key, 1});
    } else {
      std::copy(key.begin(), key.end(), k.begin());
    }
    for (std::uint8_t& byte : k) byte = static_cast<std::uint8_t>(byte ^ kIpad);
    ok = ok && hash(context.get(), mac, k, data);
    for (std::uint8_t& byte : k) byte = static_cast<std::uint8_t>(byte ^ kIpad ^ kOpad);
    const ByteView inner = mac;
    ok = ok && hash(context.get(), mac, k, {&inner, 1});
    if (!ok) return backend_failure();
    state_->pool.give(std::move(context));
    return {};
  }

 private:
  static constexpr std::size_t kMaxBlock = 128;  // SHA-384 and SHA-512

  struct State {
    explicit State(DigestCtx context) noexcept
        : prototype(std::move(context)),
          block(static_cast<std::size_t>(EVP_MD_CTX_get_block_size(prototype.get()))) {}
    DigestCtx prototype;
    std::size_t block;
    Pool<DigestCtx> pool;
  };

  DigestCtx copy_of_prototype() const noexcept {
    DigestCtx context(EVP_MD_CTX_new());
    const bool ok =
        context != nullptr && EVP_MD_CTX_copy_ex(context.get(), state_->prototype.get()) == 1;
    return ok ? std::move(context) : DigestCtx();
  }

  /// H(first, rest). The prototype's state then replaces all that is left of them in `context`,
  /// which is ready to hash again.
  bool hash(EVP_MD_CTX* context, ByteSpan out, ByteView first, Gather rest) const noexcept {
    bool ok = EVP_DigestUpdate(context, first.data(), first.size()) == 1;
    for (const ByteView part : rest) {
      ok = ok && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
    }
    return ok && EVP_DigestFinal_ex(context, out.data(), nullptr) == 1 &&
           EVP_MD_CTX_copy_ex(context, state_->prototype.get()) == 1;
  }

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
  Digest digest(EVP_MD_fetch(options.library_context, name, options.properties));
  ERR_clear_error();
  if (digest == nullptr) return nullptr;
  if (params.stages == core::KdfStages::one) {
    return std::make_unique<Shake>(params, std::move(digest));
  }
  DigestCtx prototype(EVP_MD_CTX_new());
  if (prototype == nullptr || EVP_DigestInit_ex2(prototype.get(), digest.get(), nullptr) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return std::make_unique<core::Hkdf<Hmac>>(params, Hmac(std::move(prototype)));
}

}  // namespace twoway::openssl
