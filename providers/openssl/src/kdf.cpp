#include <algorithm>
#include <array>

#include <twoway/core/hkdf.hpp>
#include <twoway/core/hmac.hpp>

#include "factories.hpp"
#include "native.hpp"

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

/// OpenSSL's digest for core's HMAC. OpenSSL's own takes half as long again, and twice as long
/// if it must forget its key afterwards. Contexts are lent.
class PooledHash {
  struct State;

 public:
  /// `prototype` is initialised with the digest.
  explicit PooledHash(DigestCtx prototype) noexcept
      : state_(std::make_unique<State>(std::move(prototype))) {}

  std::size_t block_size() const noexcept { return state_->block; }
  core::Error failure() const noexcept { return backend_failure(); }

  /// A context on loan.
  class Run {
   public:
    explicit Run(State& state) noexcept : state_(state), context_(state.pool.take()) {
      if (context_ == nullptr) {
        context_.reset(EVP_MD_CTX_new());
        ok_ = context_ != nullptr && reset();
      }
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run() {
      if (ok_) state_.pool.give(std::move(context_));
    }

    bool hash(ByteSpan out, ByteView first, Gather rest) noexcept {
      ok_ = ok_ && EVP_DigestUpdate(context_.get(), first.data(), first.size()) == 1;
      for (const ByteView part : rest) {
        ok_ = ok_ && EVP_DigestUpdate(context_.get(), part.data(), part.size()) == 1;
      }
      ok_ = ok_ && EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1 && reset();
      return ok_;
    }

   private:
    /// The prototype's state replaces the remains of the inputs.
    bool reset() noexcept {
      return EVP_MD_CTX_copy_ex(context_.get(), state_.prototype.get()) == 1;
    }

    State& state_;
    DigestCtx context_;
    bool ok_ = true;
  };

  Run start() const noexcept { return Run(*state_); }

 private:
  struct State {
    explicit State(DigestCtx context) noexcept
        : prototype(std::move(context)),
          block(static_cast<std::size_t>(EVP_MD_CTX_get_block_size(prototype.get()))) {}
    DigestCtx prototype;
    std::size_t block;
    Pool<DigestCtx> pool;
  };

  std::unique_ptr<State> state_;
};

/// Runs `prototype`, which is initialised with a digest, over `in`. `finish` writes the result.
template <typename Finish>
Status digest_once(ByteSpan out, const DigestCtx& prototype, Gather in, Finish finish) noexcept {
  const DigestCtx context(EVP_MD_CTX_new());  // wiped when it is freed
  bool ok = context != nullptr && EVP_MD_CTX_copy_ex(context.get(), prototype.get()) == 1;
  for (const ByteView part : in) {
    ok = ok && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  if (ok && finish(context.get()) == 1) return {};
  core::wipe(out);
  return backend_failure();
}

class Sha3 final : public core::Hash {
 public:
  explicit Sha3(DigestCtx prototype) noexcept : prototype_(std::move(prototype)) {}

  Status digest(ByteSpan out, Gather in) const noexcept override {
    return digest_once(out, prototype_, in, [out](EVP_MD_CTX* context) {
      return EVP_DigestFinal_ex(context, out.data(), nullptr);
    });
  }

 private:
  DigestCtx prototype_;
};

/// A context that is initialised with the digest, or null.
DigestCtx make_prototype(const char* name, const Options& options) {
  const Digest digest(EVP_MD_fetch(options.library_context, name, options.properties));
  DigestCtx prototype(EVP_MD_CTX_new());
  const bool ok = digest != nullptr && prototype != nullptr &&
                  EVP_DigestInit_ex2(prototype.get(), digest.get(), nullptr) == 1;
  ERR_clear_error();
  return ok ? std::move(prototype) : nullptr;
}

/// SHAKE128 and SHAKE256 as one-stage KDFs: Derive(ikm, L) = SHAKE(ikm, L)
/// (draft-ietf-hpke-pq).
class Shake final : public core::Kdf {
 public:
  /// `prototype` is initialised with the digest.
  Shake(const KdfParams& params, DigestCtx prototype) noexcept
      : params_(params), prototype_(std::move(prototype)) {}

  const KdfParams& params() const noexcept override { return params_; }

  Status derive(ByteSpan out, Gather ikm) const noexcept override {
    if (out.size() > params_.max_output) {
      core::wipe(out);
      return core::Error{core::Errc::invalid_argument, "Derive gives at most 65535 bytes"};
    }
    if (out.empty()) return {};
    return digest_once(out, prototype_, ikm, [out](EVP_MD_CTX* context) {
      return EVP_DigestFinalXOF(context, out.data(), out.size());
    });
  }

 private:
  const KdfParams& params_;
  DigestCtx prototype_;
};

}  // namespace

std::unique_ptr<core::Kdf> make_kdf(const KdfParams& params, const Options& options) {
  const char* name = nullptr;
  for (const DigestName& row : kDigests) {
    if (row.kdf == params.id) name = row.digest;
  }
  if (name == nullptr) return nullptr;
  DigestCtx prototype = make_prototype(name, options);
  if (prototype == nullptr) return nullptr;
  if (params.stages == core::KdfStages::one) {
    return std::make_unique<Shake>(params, std::move(prototype));
  }
  using Hmac = core::Hmac<PooledHash>;
  return std::make_unique<core::Hkdf<Hmac>>(params, Hmac(PooledHash(std::move(prototype))));
}

std::unique_ptr<core::Hash> make_sha3_256(const Options& options) {
  DigestCtx prototype = make_prototype("SHA3-256", options);
  if (prototype == nullptr) return nullptr;
  return std::make_unique<Sha3>(std::move(prototype));
}

}  // namespace twoway::openssl
