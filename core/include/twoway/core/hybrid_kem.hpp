// Hybrids of ML-KEM and a group (draft-irtf-cfrg-concrete-hybrid-kems, draft-ietf-hpke-pq).
// Applications use Kem, which holds one.
//
// Who needs it: providers.
#pragma once

#include <memory>
#include <optional>

#include <twoway/core/provider.hpp>

namespace twoway::core {

/// A small value that borrows from the provider of its parts. Thread-safe. Kem has checked the
/// lengths of private and public keys and of `enc` before any call.
class HybridKem {
 public:
  /// Returns no KEM if `provider` lacks one of the parts: ML-KEM, the group, SHAKE256 or SHA3-256.
  static std::optional<HybridKem> find(const Provider& provider,
                                       const HybridKemParams& row) noexcept;

  /// The PublicKey::maker of the keys that `encap` takes.
  const void* maker() const noexcept { return row_; }

  /// Each is the function of the same name in Kem, for this KEM.
  Status derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept;
  Result<std::unique_ptr<PrivateKey>> import_private(ByteView sk) const noexcept;
  Result<std::unique_ptr<PrivateKey>> join_private(
      std::shared_ptr<const PrivateKey> ml_kem,
      std::shared_ptr<const PrivateKey> dh) const noexcept;
  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept;
  Result<std::unique_ptr<PublicKey>> import_enc(ByteView enc) const noexcept;
  Status encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
               Rng* rng) const noexcept;
  Status shared_secret_from_parts(SharedSecret& shared_secret, const SharedSecret& ml_kem,
                                  const DhSecret& dh, const Encapsulation& enc,
                                  ByteView receiver_public_key) const noexcept;

 private:
  class JoinedKey;

  HybridKem(const HybridKemParams& row, const NativeKem& ml_kem, const DhGroup& group,
            const Kdf& shake256, const Hash& sha3_256, Rng& rng) noexcept
      : row_(&row),
        ml_kem_(&ml_kem),
        group_(&group),
        shake256_(&shake256),
        sha3_256_(&sha3_256),
        rng_(&rng) {}

  Kem ml_kem() const noexcept;
  Status ephemeral_dh(DhSecret& secret, ByteSpan enc, const PublicKey& receiver,
                      Rng* rng) const noexcept;
  Status combine(SharedSecret& shared_secret, const SharedSecret& ml_kem, const DhSecret& dh,
                 ByteView enc, ByteView receiver_public_key) const noexcept;

  const HybridKemParams* row_;
  const NativeKem* ml_kem_;
  const DhGroup* group_;
  const Kdf* shake256_;
  const Hash* sha3_256_;
  Rng* rng_;
};

}  // namespace twoway::core
