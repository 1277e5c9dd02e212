// Keys. A private key performs its own operation, so software, token and remote keys are equal.
//
// Who needs it: applications whose private keys live elsewhere, and providers.
#pragma once

#include <memory>
#include <utility>

#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>
#include <twoway/core/export.hpp>
#include <twoway/core/secret.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::core {

class Kem;

/// A validated public key, prepared for use by the DhGroup or NativeKem that made it. Immutable
/// and thread-safe. Any key can use any public key of its kind: a key reads one of another maker
/// through `bytes`.
class TWOWAY_INTERFACE PublicKey {
 public:
  virtual ~PublicKey() = default;

  /// SerializePublicKey: Npk bytes that live as long as this object.
  virtual ByteView bytes() const noexcept = 0;

  /// Returns the DhGroup or NativeKem that made it, which so knows the concrete type.
  virtual const void* maker() const noexcept = 0;
};

/// An `enc` that its receiver's KEM has checked. Kem::import_enc is the only source of one, so that
/// no private key sees an `enc` that is not valid. Borrows the bytes that it was made from.
class Encapsulation {
 public:
  /// Returns the KEM that has checked it.
  KemId kem_id() const noexcept { return kem_; }

  /// Nenc bytes, as they were received.
  ByteView bytes() const noexcept { return bytes_; }

  /// Of a DHKEM, the sender's ephemeral public key. Of a hybrid KEM, the public key that is a part
  /// of `enc`, unless the provider's own hybrid does not prepare it. Else null.
  const PublicKey* peer() const noexcept { return peer_.get(); }

 private:
  friend class Kem;
  Encapsulation(KemId kem, ByteView bytes, std::unique_ptr<PublicKey> peer) noexcept
      : kem_(kem), bytes_(bytes), peer_(std::move(peer)) {}

  KemId kem_;
  ByteView bytes_;
  std::unique_ptr<PublicKey> peer_;
};

/// A private key, in software, a token or another process. There is no export. Immutable, and safe
/// to share between threads. Functions block as long as the token or process takes.
///
/// To put a key behind this interface, derive from DhPrivateKey if the key can do a raw
/// Diffie-Hellman operation, else from PrivateKey and implement `decap`.
class TWOWAY_INTERFACE PrivateKey {
 public:
  virtual ~PrivateKey() = default;

  /// Returns the KEM that the key is for.
  virtual KemId kem_id() const noexcept = 0;

  /// SerializePublicKey(pk) of the pair: Npk bytes that live as long as the key.
  virtual ByteView public_key() const noexcept = 0;

  /// Decap (RFC 9180 section 4) after the checks of Kem::decap: writes Nsecret bytes to
  /// `shared_secret`. `kem` is the KEM of `kem_id` from the caller's provider. After a failure
  /// `shared_secret` is empty.
  ///
  /// Errors:
  ///   open_failed       `enc` encapsulates nothing, which only this key can tell
  ///   key_unavailable   the key itself failed
  ///   invalid_argument  `kem` or `enc` belongs to another KEM
  virtual Status decap(SharedSecret& shared_secret, const Kem& kem,
                       const Encapsulation& enc) const noexcept = 0;

  /// AuthDecap: as decap, for the sender's public key `sender`. By default fails with
  /// not_supported.
  virtual Status auth_decap(SharedSecret& shared_secret, const Kem& /*kem*/,
                            const Encapsulation& /*enc*/,
                            const PublicKey& /*sender*/) const noexcept {
    shared_secret.clear();
    return no_auth();
  }

  /// Writes DH(skS, pkR), the sender's part of AuthEncap (section 4.1). By default fails with
  /// not_supported.
  virtual Status auth_dh(DhSecret& secret, const PublicKey& /*receiver*/) const noexcept {
    secret.clear();
    return no_auth();
  }

 private:
  static Status no_auth() noexcept {
    return Error{Errc::not_supported, "this key offers no authenticated mode: use base or psk"};
  }
};

/// A private key of a DHKEM. It supplies the raw Diffie-Hellman result alone. Core does the rest of
/// Decap: validation of the peer (Kem::import_enc), ExtractAndExpand, and the checks of the result.
class TWOWAY_INTERFACE DhPrivateKey : public PrivateKey {
 public:
  /// Writes the Ndh bytes of DH(sk, peer) to `secret`: the shared x coordinate of a NIST curve,
  /// or the output of X25519 or X448. `peer` is valid for the key's group. Core passes any failure
  /// on as key_unavailable with its message and native code. It refuses a result of another length,
  /// and one of X25519 or X448 that is all zero.
  virtual Status dh(DhSecret& secret, const PublicKey& peer) const noexcept = 0;

  inline Status decap(SharedSecret& shared_secret, const Kem& kem,
                      const Encapsulation& enc) const noexcept override;
  inline Status auth_decap(SharedSecret& shared_secret, const Kem& kem, const Encapsulation& enc,
                           const PublicKey& sender) const noexcept override;
  inline Status auth_dh(DhSecret& secret, const PublicKey& receiver) const noexcept override;
};

/// The part of a DhPrivateKey above `dh`, in core.
namespace dhkem {
/// DhPrivateKey::decap, or auth_decap if `sender` is set.
TWOWAY_API Status decap(SharedSecret& shared_secret, const Kem& kem, const DhPrivateKey& key,
                        const Encapsulation& enc, const PublicKey* sender) noexcept;
/// DhPrivateKey::dh with the checks of its result.
TWOWAY_API Status checked_dh(DhSecret& secret, const DhPrivateKey& key,
                             const PublicKey& peer) noexcept;
}  // namespace dhkem

Status DhPrivateKey::decap(SharedSecret& shared_secret, const Kem& kem,
                           const Encapsulation& enc) const noexcept {
  return dhkem::decap(shared_secret, kem, *this, enc, nullptr);
}

Status DhPrivateKey::auth_decap(SharedSecret& shared_secret, const Kem& kem,
                                const Encapsulation& enc, const PublicKey& sender) const noexcept {
  return dhkem::decap(shared_secret, kem, *this, enc, &sender);
}

Status DhPrivateKey::auth_dh(DhSecret& secret, const PublicKey& receiver) const noexcept {
  return dhkem::checked_dh(secret, *this, receiver);
}

}  // namespace twoway::core
