#include <openssl/sha.h>

#include <twoway/core/hkdf.hpp>
#include <twoway/core/hmac.hpp>

#include "factories.hpp"
#include "native.hpp"

namespace twoway::boringssl {
namespace {

using core::ByteSpan;
using core::ByteView;

/// One SHA-2 function. BoringSSL's HMAC_CTX allocates and takes longer.
template <typename Context, auto Init, auto Update, auto Final, std::size_t Block>
struct Sha {
  static constexpr std::size_t block_size() noexcept { return Block; }
  static core::Error failure() noexcept { return backend_failure(); }

  class Run {
   public:
    bool hash(ByteSpan out, ByteView first, core::Gather rest) noexcept {
      bool ok = Init(context_.get()) == 1 && update(first);
      for (const ByteView part : rest) ok = ok && update(part);
      return ok && Final(out.data(), context_.get()) == 1;
    }

   private:
    bool update(ByteView bytes) noexcept {
      return Update(context_.get(), bytes.data(), bytes.size()) == 1;
    }

    Wiped<Context> context_;
  };

  Run start() const noexcept { return {}; }
};

using Sha256 = Sha<SHA256_CTX, SHA256_Init, SHA256_Update, SHA256_Final, SHA256_CBLOCK>;
using Sha384 = Sha<SHA512_CTX, SHA384_Init, SHA384_Update, SHA384_Final, SHA384_CBLOCK>;
using Sha512 = Sha<SHA512_CTX, SHA512_Init, SHA512_Update, SHA512_Final, SHA512_CBLOCK>;

template <typename Hash>
std::unique_ptr<core::Kdf> hkdf(const core::KdfParams& params) {
  using Hmac = core::Hmac<Hash>;
  return std::make_unique<core::Hkdf<Hmac>>(params, Hmac(Hash{}));
}

}  // namespace

std::unique_ptr<core::Kdf> make_kdf(const core::KdfParams& params) {
  switch (params.id) {
    case core::KdfId::hkdf_sha256: return hkdf<Sha256>(params);
    case core::KdfId::hkdf_sha384: return hkdf<Sha384>(params);
    case core::KdfId::hkdf_sha512: return hkdf<Sha512>(params);
    default: return nullptr;
  }
}

}  // namespace twoway::boringssl
