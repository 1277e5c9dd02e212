// KEMs (RFC 9180 section 4): DHKEM composed of a group and a KDF, a hybrid composed of ML-KEM and a
// group, or a provider's native KEM.
//
// Who needs it: applications that make or import private keys.
#pragma once

#include <memory>
#include <variant>

#include <twoway/core/dhkem.hpp>
#include <twoway/core/hybrid_kem.hpp>
#include <twoway/core/provider.hpp>

namespace twoway::core {

/// One KEM of one provider: a small value that borrows from the provider. Thread-safe.
class TWOWAY_API Kem {
 public:
  /// Returns the provider's native KEM if it has one for `id`, else one that is composed of its
  /// parts: a DHKEM, or a hybrid.
  ///
  /// Errors:
  ///   not_supported  the provider offers no native KEM, and not every part
  static Result<Kem> find(const Provider& provider TWOWAY_LIFETIMEBOUND, KemId id) noexcept;
  static Result<Kem> find(const Provider&& provider, KemId id) = delete;

  /// Returns the KEM's name and sizes.
  const KemParams& params() const noexcept { return *params_; }

  /// GenerateKeyPair (section 4): DeriveKeyPair(random(Nsk)), with the provider's generator.
  Result<std::unique_ptr<PrivateKey>> generate_key_pair() const noexcept;

  /// DeriveKeyPair (section 7.1.3). `ikm` must have at least Nsk bytes (invalid_argument). It is as
  /// secret as the key.
  Result<std::unique_ptr<PrivateKey>> derive_key_pair(ByteView ikm) const noexcept;

  /// Writes the private half of DeriveKeyPair, serialised, for writing a new key to a file.
  Status derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept;

  /// DeserializePrivateKey (section 7.1.2). Copies `sk`. Fails with invalid_key unless it has
  /// exactly Nsk bytes, and a NIST scalar is in [1, n-1].
  Result<std::unique_ptr<PrivateKey>> import_private(ByteView sk) const noexcept;

  /// Makes a private key of a hybrid from two that may live anywhere: `ml_kem`, a key of its
  /// ML-KEM, and `dh`, a key of the DHKEM of its group, whose PrivateKey::auth_dh is called (a
  /// DhPrivateKey has it). So a token that knows P-256 alone takes part in MLKEM768-P256. Its
  /// public key is that of both.
  ///
  /// Errors:
  ///   invalid_argument  a key is null, or of another KEM
  ///   not_supported     this KEM is not a hybrid, or the provider's native one
  Result<std::unique_ptr<PrivateKey>> join_private(
      std::shared_ptr<const PrivateKey> ml_kem,
      std::shared_ptr<const PrivateKey> dh) const noexcept;

  /// DeserializePublicKey (section 7.1.1) and validation (7.1.4). Fails with invalid_key unless
  /// `pk` has exactly Npk bytes, is on the curve and is not of small order. Non-canonical X25519
  /// and X448 values are accepted, as RFC 7748 section 5 demands.
  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept;

  /// Encap: writes exactly Nenc bytes to `enc` and Nsecret to `shared_secret`. With `rng`, the
  /// ephemeral key is DeriveKeyPair(random(Nsk)). Without it, the library's generator makes the
  /// key. For a hybrid KEM, `rng` gives ML-KEM's 32 bytes m, then the group's private key. Fails
  /// with not_supported if the provider's ML-KEM draws m itself. After a failure `shared_secret` is
  /// empty and `enc` unspecified.
  Status encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
               Rng* rng = nullptr) const noexcept;

  /// AuthEncap (section 4.1): as encap, and proves possession of `sender`, a key of this KEM.
  Status auth_encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                    const PrivateKey& sender, Rng* rng = nullptr) const noexcept;

  /// Checks `enc` before any private key sees it. It must have exactly Nenc bytes. For a DHKEM it
  /// must be a public key that import_public accepts. The result borrows `enc`, which must outlive
  /// it.
  ///
  /// Errors:
  ///   open_failed       not a valid encapsulation (native code 0)
  ///   provider_failure  the library failed
  Result<Encapsulation> import_enc(ByteView enc) const noexcept;

  /// Decap (section 4): import_enc, then the operation of `receiver`, a key of this KEM. Writes
  /// Nsecret bytes to `shared_secret`, which is empty after a failure. Fails with the errors of
  /// import_enc and of PrivateKey::decap.
  Status decap(SharedSecret& shared_secret, ByteView enc,
               const PrivateKey& receiver) const noexcept;

  /// AuthDecap (section 4.1): as decap, for a message of the sender whose public key is `sender`.
  Status auth_decap(SharedSecret& shared_secret, ByteView enc, const PrivateKey& receiver,
                    const PublicKey& sender) const noexcept;

  /// Ends DHKEM's Decap with DH(skR, enc.peer()) that was computed elsewhere:
  /// shared_secret = ExtractAndExpand(dh, enc || pkR).
  ///
  /// Errors:
  ///   key_unavailable   `dh` has the wrong length, or is all zero from X25519 or X448
  ///   invalid_argument  `enc` is another KEM's
  ///   invalid_key       `receiver_public_key` has the wrong length
  ///   not_supported     this KEM is no DHKEM
  ///   provider_failure  the library failed
  Status shared_secret_from_dh(SharedSecret& shared_secret, const DhSecret& dh,
                               const Encapsulation& enc,
                               ByteView receiver_public_key) const noexcept;

  /// Ends a hybrid's Decap with two results that were computed elsewhere. `ml_kem` is ML-KEM's for
  /// the first bytes of `enc`, as many as Nenc of find_hybrid_kem(id)->ml_kem. `dh` is
  /// DH(skR, enc.peer()).
  ///
  /// Errors:
  ///   key_unavailable   a result has the wrong length, or `dh` is all zero from X25519
  ///   invalid_argument  `enc` is another KEM's
  ///   invalid_key       `receiver_public_key` has the wrong length
  ///   not_supported     this KEM is no hybrid, or the provider's native one
  ///   provider_failure  the library failed
  Status shared_secret_from_parts(SharedSecret& shared_secret, const SharedSecret& ml_kem,
                                  const DhSecret& dh, const Encapsulation& enc,
                                  ByteView receiver_public_key) const noexcept;

 private:
  friend Status dhkem::decap(SharedSecret&, const Kem&, const DhPrivateKey&, const Encapsulation&,
                             const PublicKey*) noexcept;
  friend class HybridKem;
  using Kind = std::variant<DhKem, HybridKem, const NativeKem*>;

  Kem(const KemParams& params, const Kind& kind, Rng& rng) noexcept
      : params_(&params), kind_(kind), rng_(&rng) {}

  const KemParams* params_;
  Kind kind_;
  Rng* rng_;
};

}  // namespace twoway::core
