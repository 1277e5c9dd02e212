#include <mutex>

#include "dh_native.hpp"

namespace twoway::openssl {
namespace {

using core::ByteView;
using core::DhParams;
using core::DhSecret;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// Any EVP_PKEY as a DhPrivateKey.
class OpaqueKey final : public core::DhPrivateKey {
 public:
  OpaqueKey(const DhParams& params, Pkey key, const PublicBytes& pk,
            const OpaqueOptions& options) noexcept
      : params_(params), key_(std::move(key)), public_(pk), options_(options) {}

  core::KemId kem_id() const noexcept override { return params_.kem; }
  ByteView public_key() const noexcept override { return public_.view(); }

  Status dh(DhSecret& secret, const core::PublicKey& peer) const noexcept override {
    secret.clear();
    std::unique_lock lock(mutex_, std::defer_lock);
    if (!options_.concurrent) lock.lock();
    const Status s = opaque_dh(secret, key_.get(), params_, peer.bytes(), options_.where);
    return s ? s : failure(s.error().code, s.error().message);
  }

 private:
  const DhParams& params_;
  Pkey key_;
  PublicBytes public_;
  OpaqueOptions options_;
  mutable std::mutex mutex_;
};

}  // namespace

Result<std::unique_ptr<core::PrivateKey>> opaque_key(EVP_PKEY* key,
                                                     const OpaqueOptions& options) noexcept {
  if (key == nullptr) return Error{Errc::invalid_argument, "opaque_key needs an EVP_PKEY"};
  if (const char* fault = foreign_symbols()) return Error{Errc::not_supported, fault};
  const auto half = public_half(key);
  if (!half) return half.error();
  if (EVP_PKEY_up_ref(key) != 1) return backend_failure();
  return std::unique_ptr<core::PrivateKey>(
      std::make_unique<OpaqueKey>(*half->params, Pkey(key), half->pk, options));
}

}  // namespace twoway::openssl
