#include <algorithm>
#include <array>

#include "parts.hpp"

namespace twoway::sodium {
namespace {

using core::ByteSpan;
using core::ByteView;
using core::DhParams;
using core::DhSecret;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

constexpr std::size_t kSize = crypto_scalarmult_BYTES;
static_assert(kSize == crypto_scalarmult_SCALARBYTES);

using PublicBytes = std::array<std::uint8_t, kSize>;
using PrivateBytes = core::Secret<kSize>;

constexpr Error kBadPublic{Errc::invalid_key, "an X25519 public key has 32 bytes"};
constexpr Error kBadPrivate{Errc::invalid_key, "an X25519 private key has 32 bytes"};
constexpr Error kDeriveFailed{Errc::key_unavailable,
                              "libsodium failed to derive: the peer is of small order"};

/// X25519 (RFC 7748 section 5). libsodium refuses a peer of small order.
Status x25519(DhSecret& secret, const PrivateBytes& sk, ByteView peer) noexcept {
  secret.clear();
  if (peer.size() != kSize) return kBadPublic;
  if (crypto_scalarmult(secret.reset(kSize).data(), sk.view().data(), peer.data()) == 0) return {};
  secret.clear();
  return kDeriveFailed;
}

class SoftwarePublicKey final : public core::PublicKey {
 public:
  SoftwarePublicKey(const core::DhGroup& group, ByteView bytes) noexcept : group_(group) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }

  ByteView bytes() const noexcept override { return bytes_; }
  const void* maker() const noexcept override { return &group_; }

 private:
  const core::DhGroup& group_;
  PublicBytes bytes_;
};

class SoftwareKey final : public core::DhPrivateKey {
 public:
  SoftwareKey(core::KemId kem, ByteView sk, const PublicBytes& pk) noexcept
      : kem_(kem), public_(pk) {
    private_.assign(sk);
  }

  core::KemId kem_id() const noexcept override { return kem_; }
  ByteView public_key() const noexcept override { return public_; }

  // A public key is its bytes here, so it does not matter who made it.
  Status dh(DhSecret& secret, const core::PublicKey& peer) const noexcept override {
    return x25519(secret, private_, peer.bytes());
  }

 private:
  core::KemId kem_;
  PrivateBytes private_;
  PublicBytes public_;
};

class X25519Group final : public core::DhGroup {
 public:
  explicit X25519Group(const DhParams& params) noexcept : params_(params) {}

  const DhParams& params() const noexcept override { return params_; }

  // Every value of 32 bytes is a public key (RFC 7748 section 5), canonical or not.
  Result<std::unique_ptr<core::PublicKey>> import_public(ByteView pk) const noexcept override {
    if (pk.size() != kSize) return kBadPublic;
    return std::unique_ptr<core::PublicKey>(std::make_unique<SoftwarePublicKey>(*this, pk));
  }

  Result<std::unique_ptr<core::DhPrivateKey>> import_private(ByteView sk) const noexcept override {
    if (sk.size() != kSize) return kBadPrivate;
    PublicBytes pk;
    if (crypto_scalarmult_base(pk.data(), sk.data()) != 0) return kBackendFailure;
    return std::unique_ptr<core::DhPrivateKey>(std::make_unique<SoftwareKey>(params_.kem, sk, pk));
  }

  Status ephemeral_dh(DhSecret& secret, ByteSpan enc,
                      const core::PublicKey& peer) const noexcept override {
    secret.clear();
    if (peer.maker() != this || enc.size() != kSize) {
      return Error{Errc::invalid_argument, "the peer is another group's, or enc is not Npk bytes"};
    }
    PrivateBytes sk;
    randombytes_buf(sk.reset(kSize).data(), kSize);
    if (crypto_scalarmult_base(enc.data(), sk.view().data()) != 0 ||
        !x25519(secret, sk, peer.bytes())) {
      return kBackendFailure;
    }
    return {};
  }

 private:
  const DhParams& params_;
};

}  // namespace

std::unique_ptr<core::DhGroup> make_group(const DhParams& params) {
  if (params.id != core::DhId::x25519) return nullptr;
  return std::make_unique<X25519Group>(params);
}

}  // namespace twoway::sodium
