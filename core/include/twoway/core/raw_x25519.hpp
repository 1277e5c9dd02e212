// X25519 (RFC 7748) for providers whose library takes keys as bytes.
//
// Who needs it: providers.
#pragma once

#include <algorithm>
#include <array>
#include <memory>

#include <twoway/core/provider.hpp>
#include <twoway/core/secret.hpp>

namespace twoway::core {

/// `Library` supplies these static functions, which return false if they fail, and `kFailure`, an
/// Error that says which library failed. Public and private keys have 32 bytes, and any value is
/// one.
///   bool derive(ByteSpan secret, ByteView sk, ByteView pk) noexcept   false at a small-order pk
///   bool public_of(ByteSpan pk, ByteView sk) noexcept
///   bool generate(ByteSpan pk, ByteSpan sk) noexcept                  by the library's generator
template <typename Library>
class RawX25519 final : public DhGroup {
 public:
  /// Makes the group of the row `params`.
  explicit RawX25519(const DhParams& params) noexcept : params_(params) {}

  /// As in DhGroup.
  const DhParams& params() const noexcept override { return params_; }

  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept override {
    if (pk.size() != kSize) return kBadKey;
    return std::unique_ptr<PublicKey>(std::make_unique<Public>(*this, pk));
  }

  Result<std::unique_ptr<DhPrivateKey>> import_private(ByteView sk) const noexcept override {
    if (sk.size() != kSize) return kBadKey;
    std::array<std::uint8_t, kSize> pk;
    if (!Library::public_of(pk, sk)) return Library::kFailure;
    return std::unique_ptr<DhPrivateKey>(std::make_unique<Private>(params_.kem, sk, pk));
  }

  Status ephemeral_dh(DhSecret& secret, ByteSpan enc,
                      const PublicKey& peer) const noexcept override {
    secret.clear();
    if (peer.maker() != this || enc.size() != kSize) {
      return Error{Errc::invalid_argument, "the peer is another group's, or enc is not Npk bytes"};
    }
    Secret<kSize> sk;
    if (!Library::generate(enc, sk.reset(kSize)) || !derive(secret, sk, peer.bytes())) {
      return Library::kFailure;
    }
    return {};
  }

 private:
  static constexpr std::size_t kSize = 32;
  static constexpr Error kBadKey{Errc::invalid_key, "an X25519 key has 32 bytes"};

  static Status derive(DhSecret& secret, const Secret<kSize>& sk, ByteView peer) noexcept {
    secret.clear();
    if (peer.size() != kSize) return kBadKey;
    if (Library::derive(secret.reset(kSize), sk.view(), peer)) return {};
    secret.clear();
    return Error{Errc::key_unavailable, "the peer of X25519 is of small order"};
  }

  class Public final : public PublicKey {
   public:
    Public(const DhGroup& group, ByteView bytes) noexcept : group_(group) {
      std::copy(bytes.begin(), bytes.end(), bytes_.begin());
    }
    ByteView bytes() const noexcept override { return bytes_; }
    const void* maker() const noexcept override { return &group_; }

   private:
    const DhGroup& group_;
    std::array<std::uint8_t, kSize> bytes_;
  };

  class Private final : public DhPrivateKey {
   public:
    Private(KemId kem, ByteView sk, const std::array<std::uint8_t, kSize>& pk) noexcept
        : kem_(kem), public_(pk) {
      private_.assign(sk);
    }
    KemId kem_id() const noexcept override { return kem_; }
    ByteView public_key() const noexcept override { return public_; }

    // A public key is its bytes here, so it does not matter who made it.
    Status dh(DhSecret& secret, const PublicKey& peer) const noexcept override {
      return derive(secret, private_, peer.bytes());
    }

   private:
    KemId kem_;
    Secret<kSize> private_;
    std::array<std::uint8_t, kSize> public_;
  };

  const DhParams& params_;
};

}  // namespace twoway::core
