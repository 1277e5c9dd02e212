// A provider: a lookup of the algorithms of one crypto library.
//
// Who needs it: providers. Applications hold a reference to one.
#pragma once

#include <memory>

#include <twoway/core/aead.hpp>
#include <twoway/core/hash.hpp>
#include <twoway/core/kdf.hpp>
#include <twoway/core/key.hpp>
#include <twoway/core/rng.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::core {

/// One Diffie-Hellman group of a provider. Thread-safe. Lives as long as its provider.
///
/// Core has checked before any call that inputs have the group's lengths, that a NIST point
/// starts with 0x04, that a NIST scalar is in [1, n-1], and that an X25519 or X448 public key is
/// not of small order.
class TWOWAY_INTERFACE DhGroup {
 public:
  virtual ~DhGroup() = default;
  /// Returns the row of the group.
  virtual const DhParams& params() const noexcept = 0;

  /// Validates `pk`, which must be on the curve, and prepares it. Fails with invalid_key otherwise.
  /// The result's `maker` is this object.
  virtual Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept = 0;

  /// Makes the key for `sk`, and computes its public key. Copies `sk`.
  virtual Result<std::unique_ptr<DhPrivateKey>> import_private(ByteView sk) const noexcept = 0;

  /// Makes a fresh key pair with the library's own generator, writes its public key to `enc`
  /// (Npk bytes) and DH(skE, peer) to `secret` (Ndh bytes), and forgets the private key. `peer`
  /// was made by this group. On failure `secret` is empty.
  virtual Status ephemeral_dh(DhSecret& secret, ByteSpan enc,
                              const PublicKey& peer) const noexcept = 0;
};

/// A KEM that the library offers whole (ML-KEM), or that a user supplies. Thread-safe. Lives as
/// long as its provider. Core has checked the lengths of all inputs against `params`.
class TWOWAY_INTERFACE NativeKem {
 public:
  virtual ~NativeKem() = default;
  /// Returns the KEM's name and sizes.
  virtual const KemParams& params() const noexcept = 0;

  /// As in DhGroup.
  virtual Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept = 0;
  virtual Result<std::unique_ptr<PrivateKey>> import_private(ByteView sk) const noexcept = 0;

  /// Checks an `enc`, Nenc bytes, as far as that takes no private key, and prepares the public key
  /// that is a part of it, as in a hybrid KEM (Encapsulation::peer). Returns null, the default, if
  /// it has none. Fails with invalid_key for an `enc` that no sender makes.
  virtual Result<std::unique_ptr<PublicKey>> import_enc(ByteView) const noexcept {
    return std::unique_ptr<PublicKey>();
  }

  /// DeriveKeyPair's private half: Nsk bytes for import_private. If that is a seed, derive_seed
  /// makes it.
  virtual Status derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept = 0;

  /// Encap: Nenc bytes to `enc`, Nsecret bytes to `shared_secret`. With `rng`, the KEM's randomness
  /// is drawn from it (the derandomised form, in ML-KEM the 32 bytes m), else from the library's
  /// generator. Fails with not_supported if the library has no such form.
  virtual Status encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                       Rng* rng) const noexcept = 0;
};

/// Writes DeriveKeyPair's private half for the KEMs of draft-ietf-hpke-pq, whose private key is a
/// seed: Nsk bytes of SHAKE256. For implementers of NativeKem. After a failure `sk` is empty.
TWOWAY_API Status derive_seed(PrivateKeyBytes& sk, ByteView ikm, const KemParams& kem,
                              const Kdf& shake256) noexcept;

/// Returns true if a public key of ML-KEM, Npk bytes, passes the check of FIPS 203 section 7.2:
/// each number in it is below q. For implementers of NativeKem whose library checks that only when
/// it encapsulates.
TWOWAY_API bool ml_kem_public_ok(ByteView pk) noexcept;

/// The algorithms of a crypto library. Null is a normal result: "not offered". Thread-safe. The
/// results live as long as the provider, and the provider must outlive every object that was made
/// from it. Derive from it to offer your own. Wrap one to override a lookup.
class TWOWAY_INTERFACE Provider {
 public:
  virtual ~Provider() = default;

  /// A short, stable name: "openssl".
  virtual const char* name() const noexcept = 0;

  /// Return the algorithm of an id, or null if the provider does not offer it.
  virtual const DhGroup* dh(DhId) const noexcept { return nullptr; }
  virtual const NativeKem* native_kem(KemId) const noexcept { return nullptr; }
  virtual const Kdf* kdf(KdfId) const noexcept { return nullptr; }
  virtual const Aead* aead(AeadId) const noexcept { return nullptr; }

  /// Returns SHA3-256. Of it, SHAKE256, a group and native ML-KEM core composes the hybrid KEMs.
  virtual const Hash* sha3_256() const noexcept { return nullptr; }

  /// The library's own generator.
  virtual Rng& rng() const noexcept = 0;

  /// Returns null if the provider works. Otherwise returns why it offers nothing, and how to mend
  /// that: a string literal, which becomes the message of the errors that follow.
  virtual const char* unusable() const noexcept { return nullptr; }
};

/// Returns the sizes of a KEM that `provider` has itself or that the table knows, or null.
inline const KemParams* find_kem(const Provider& provider, KemId id) noexcept {
  const NativeKem* native = provider.native_kem(id);
  return native != nullptr ? &native->params() : find_kem(id);
}

/// The error for an algorithm that `provider` does not offer: not_supported with `message`, a
/// string literal, or with the reason why the provider offers nothing.
inline Error not_offered(const Provider& provider, const char* message) noexcept {
  const char* reason = provider.unusable();
  return {Errc::not_supported, reason != nullptr ? reason : message};
}

}  // namespace twoway::core
