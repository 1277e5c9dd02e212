// DHKEM (RFC 9180 section 4.1): a KEM of a group and a KDF. Applications use Kem, which holds one.
//
// Who needs it: the other headers.
#pragma once

#include <initializer_list>
#include <memory>

#include <twoway/core/provider.hpp>

namespace twoway::core {

/// A small value that borrows from the provider of its parts. Thread-safe. Kem has checked the
/// lengths of `ikm`, public keys and `enc` before any call, and that the secrets are empty.
class DhKem {
 public:
  /// Composes the KEM of `row` of a group and a KDF.
  DhKem(const DhKemParams& row, const DhGroup& group, const Kdf& kdf) noexcept
      : id_(row.id), group_(&group), kdf_(&kdf) {}

  /// The PublicKey::maker of the keys that `encap` takes.
  const void* maker() const noexcept { return group_; }

  /// Each is the function of the same name in Kem, for this KEM.
  Status derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept;
  Result<std::unique_ptr<PrivateKey>> import_private(ByteView sk) const noexcept;
  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept;
  Result<std::unique_ptr<PublicKey>> import_enc(ByteView enc) const noexcept;

  /// As in Kem.
  Status encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
               Rng* rng) const noexcept {
    return encap_from(shared_secret, enc, receiver, nullptr, rng);
  }
  /// As in Kem.
  Status auth_encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                    const PrivateKey& sender, Rng* rng) const noexcept {
    return encap_from(shared_secret, enc, receiver, &sender, rng);
  }

  /// Decap, or AuthDecap if `sender` is not null.
  Status decap(SharedSecret& shared_secret, const DhPrivateKey& key, const Encapsulation& enc,
               const PublicKey* sender) const noexcept;

  /// As in Kem.
  Status shared_secret_from_dh(SharedSecret& shared_secret, const DhSecret& dh,
                               const Encapsulation& enc,
                               ByteView receiver_public_key) const noexcept;

 private:
  Status encap_from(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                    const PrivateKey* sender, Rng* rng) const noexcept;
  Status injected_ephemeral_dh(DhSecret& secret, ByteSpan enc, const PublicKey& receiver,
                               Rng& rng) const noexcept;
  Status derive_candidate(PrivateKeyBytes& sk, ByteView dkp_prk) const noexcept;
  Status extract_and_expand(SharedSecret& shared_secret, std::initializer_list<ByteView> dh,
                            std::initializer_list<ByteView> kem_context) const noexcept;

  KemId id_;
  const DhGroup* group_;
  const Kdf* kdf_;
};

}  // namespace twoway::core
