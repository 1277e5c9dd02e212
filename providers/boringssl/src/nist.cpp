#include <algorithm>
#include <array>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdh.h>

#include <twoway/core/secret.hpp>

#include "factories.hpp"
#include "native.hpp"

namespace twoway::boringssl {
namespace {

using core::ByteSpan;
using core::ByteView;
using core::DhParams;
using core::DhSecret;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

// BoringSSL wipes all memory that it frees.
using EcGroup = std::unique_ptr<EC_GROUP, Freer<EC_GROUP_free>>;
using EcPoint = std::unique_ptr<EC_POINT, Freer<EC_POINT_free>>;
using EcKey = std::unique_ptr<EC_KEY, Freer<EC_KEY_free>>;
using Bn = std::unique_ptr<BIGNUM, Freer<BN_clear_free>>;

constexpr const char* kBadPoint = "the public key is not an uncompressed point of its curve";
constexpr const char* kBadScalar = "the private key is not a scalar in [1, n-1]";
constexpr const char* kDeriveFailed = "BoringSSL failed to derive: see the native code, its reason";

constexpr std::size_t kMaxPoint = 133;  // P-521

/// BoringSSL leaves scalars on the stack. Its functions here use up to 10.5 KiB of it.
using StackWipe = core::StackWipe<12288>;

class NistPublicKey final : public core::PublicKey {
 public:
  NistPublicKey(const core::DhGroup& group, EcPoint point, ByteView bytes) noexcept
      : group_(group), point_(std::move(point)) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }

  ByteView bytes() const noexcept override { return {bytes_.data(), group_.params().npk}; }
  const void* maker() const noexcept override { return &group_; }
  const EC_POINT* native() const noexcept { return point_.get(); }

 private:
  const core::DhGroup& group_;
  EcPoint point_;
  std::array<std::uint8_t, kMaxPoint> bytes_;
};

/// The x coordinate of key * peer.
bool derive(DhSecret& secret, const EC_KEY* key, const core::PublicKey& peer,
            std::size_t ndh) noexcept {
  const EC_POINT* point = static_cast<const NistPublicKey&>(peer).native();
  const ByteSpan out = secret.reset(ndh);
  if (ECDH_compute_key(out.data(), ndh, point, key, nullptr) == static_cast<int>(ndh)) return true;
  secret.clear();
  return false;
}

class NistKey final : public core::DhPrivateKey {
 public:
  using Encoded = std::array<std::uint8_t, kMaxPoint>;

  NistKey(const core::DhGroup& group, EcKey key, const Encoded& pk) noexcept
      : group_(group), key_(std::move(key)), public_(pk) {}

  core::KemId kem_id() const noexcept override { return group_.params().kem; }
  ByteView public_key() const noexcept override { return {public_.data(), group_.params().npk}; }

  Status dh(DhSecret& secret, const core::PublicKey& peer) const noexcept override {
    secret.clear();
    if (peer.maker() != &group_) {
      Result<std::unique_ptr<core::PublicKey>> mine = group_.import_public(peer.bytes());
      return mine ? dh(secret, **mine) : Status(mine.error());
    }
    const StackWipe wipe;
    if (derive(secret, key_.get(), peer, group_.params().ndh)) return {};
    return failure(Errc::key_unavailable, kDeriveFailed);
  }

 private:
  const core::DhGroup& group_;
  EcKey key_;
  Encoded public_;
};

class NistGroup final : public core::DhGroup {
 public:
  NistGroup(const DhParams& params, EcGroup group) noexcept
      : params_(params), group_(std::move(group)) {}

  const DhParams& params() const noexcept override { return params_; }

  // EC_POINT_oct2point accepts infinity and compressed points too, and refuses points off the
  // curve.
  Result<std::unique_ptr<core::PublicKey>> import_public(ByteView pk) const noexcept override {
    EcPoint point(EC_POINT_new(group_.get()));
    if (point == nullptr || pk.size() != params_.npk ||
        pk.front() != POINT_CONVERSION_UNCOMPRESSED ||
        EC_POINT_oct2point(group_.get(), point.get(), pk.data(), pk.size(), nullptr) != 1) {
      return failure(Errc::invalid_key, kBadPoint);
    }
    return std::unique_ptr<core::PublicKey>(
        std::make_unique<NistPublicKey>(*this, std::move(point), pk));
  }

  // EC_KEY_set_private_key refuses a scalar of n or more, but some versions take 0.
  Result<std::unique_ptr<core::DhPrivateKey>> import_private(ByteView sk) const noexcept override {
    if (sk.size() != params_.nsk) return Error{Errc::invalid_key, kBadScalar};
    const StackWipe wipe;
    const Bn scalar(BN_bin2bn(sk.data(), sk.size(), nullptr));
    EcKey key = new_key();
    const EcPoint point(EC_POINT_new(group_.get()));
    if (scalar == nullptr || key == nullptr || point == nullptr) return backend_failure();
    NistKey::Encoded pk;
    if (BN_is_zero(scalar.get()) != 0 || EC_KEY_set_private_key(key.get(), scalar.get()) != 1 ||
        EC_POINT_mul(group_.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr) != 1 ||
        !encode(ByteSpan(pk).first(params_.npk), point.get())) {
      return failure(Errc::invalid_key, kBadScalar);
    }
    return std::unique_ptr<core::DhPrivateKey>(
        std::make_unique<NistKey>(*this, std::move(key), pk));
  }

  Status ephemeral_dh(DhSecret& secret, ByteSpan enc,
                      const core::PublicKey& peer) const noexcept override {
    secret.clear();
    if (peer.maker() != this || enc.size() != params_.npk) {
      return Error{Errc::invalid_argument, "the peer is another group's, or enc is not Npk bytes"};
    }
    const StackWipe wipe;
    const EcKey key = new_key();
    if (key != nullptr && EC_KEY_generate_key(key.get()) == 1 &&
        encode(enc, EC_KEY_get0_public_key(key.get())) &&
        derive(secret, key.get(), peer, params_.ndh)) {
      return {};
    }
    return backend_failure();
  }

 private:
  EcKey new_key() const noexcept {
    EcKey key(EC_KEY_new());
    if (key != nullptr && EC_KEY_set_group(key.get(), group_.get()) != 1) key.reset();
    return key;
  }

  bool encode(ByteSpan out, const EC_POINT* point) const noexcept {
    return EC_POINT_point2oct(group_.get(), point, POINT_CONVERSION_UNCOMPRESSED, out.data(),
                              out.size(), nullptr) == out.size();
  }

  const DhParams& params_;
  EcGroup group_;
};

}  // namespace

std::unique_ptr<core::DhGroup> make_nist_group(const DhParams& params, int nid) {
  EcGroup group(EC_GROUP_new_by_curve_name(nid));
  ERR_clear_error();
  if (group == nullptr) return nullptr;
  return std::make_unique<NistGroup>(params, std::move(group));
}

}  // namespace twoway::boringssl
