// RFC 9180 section 4.1.
#include <twoway/core/dhkem.hpp>

#include "dh_check.hpp"
#include "kem_errors.hpp"
#include "labeled.hpp"

namespace twoway::core {
// RFC 9180 section 7.1.3, X25519 and X448:
//   dkp_prk = LabeledExtract("", "dkp_prk", ikm)
//   sk = LabeledExpand(dkp_prk, "sk", "", Nsk)
Status DhKem::derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept {
  const KemSuiteId suite_id(id_);
  Prk dkp_prk;
  if (Status s = labeled_extract(*kdf_, dkp_prk, suite_id.bytes, {}, "dkp_prk", {ikm}); !s) {
    return s;
  }
  const DhParams& dh = group_->params();
  if (!dh.order.empty()) return derive_candidate(sk, dkp_prk.view());
  Status s = labeled_expand(*kdf_, sk.reset(dh.nsk), dkp_prk.view(), suite_id.bytes, "sk", {});
  if (!s) sk.clear();
  return s;
}

// RFC 9180 section 7.1.3, P-256, P-384 and P-521:
//   while sk == 0 or sk >= order:
//     if counter > 255: raise DeriveKeyPairError
//     bytes = LabeledExpand(dkp_prk, "candidate", I2OSP(counter, 1), Nsk)
//     bytes[0] = bytes[0] & bitmask
//     sk = OS2IP(bytes)
//     counter = counter + 1
Status DhKem::derive_candidate(PrivateKeyBytes& sk, ByteView dkp_prk) const noexcept {
  const KemSuiteId suite_id(id_);
  const DhParams& dh = group_->params();
  for (unsigned counter = 0; counter <= 255; ++counter) {
    const auto byte = static_cast<std::uint8_t>(counter);
    const ByteSpan bytes = sk.reset(dh.nsk);
    Status s =
        labeled_expand(*kdf_, bytes, dkp_prk, suite_id.bytes, "candidate", {ByteView(&byte, 1)});
    if (!s) {
      sk.clear();
      return s;
    }
    bytes[0] = static_cast<std::uint8_t>(bytes[0] & dh.candidate_mask);
    if (private_key_ok(dh, bytes)) return {};
  }
  sk.clear();
  return Error{Errc::provider_failure, "DeriveKeyPair found no key: the KDF is faulty"};
}

Result<std::unique_ptr<PrivateKey>> DhKem::import_private(ByteView sk) const noexcept {
  if (!private_key_ok(group_->params(), sk)) return kBadPrivateKey;
  Result<std::unique_ptr<DhPrivateKey>> key = group_->import_private(sk);
  if (!key) return key.error();
  return std::unique_ptr<PrivateKey>(std::move(*key));
}

Result<std::unique_ptr<PublicKey>> DhKem::import_public(ByteView pk) const noexcept {
  if (!public_key_ok(group_->params(), pk)) return kBadPublicKey;
  return group_->import_public(pk);
}

// pkE = DeserializePublicKey(enc)
Result<std::unique_ptr<PublicKey>> DhKem::import_enc(ByteView enc) const noexcept {
  return import_public(enc);
}

// RFC 9180 section 4.1:
//   def Encap(pkR):                              def AuthEncap(pkR, skS):
//     skE, pkE = GenerateKeyPair()                 skE, pkE = GenerateKeyPair()
//     dh = DH(skE, pkR)                            dh = concat(DH(skE, pkR), DH(skS, pkR))
//     enc = SerializePublicKey(pkE)                enc = SerializePublicKey(pkE)
//     pkRm = SerializePublicKey(pkR)               pkRm = SerializePublicKey(pkR)
//     kem_context = concat(enc, pkRm)              pkSm = SerializePublicKey(pk(skS))
//                                                  kem_context = concat(enc, pkRm, pkSm)
//     shared_secret = ExtractAndExpand(dh, kem_context)
Status DhKem::encap_from(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                         const PrivateKey* sender, Rng* rng) const noexcept {
  DhSecret ephemeral;
  if (rng == nullptr) {
    if (Status s = group_->ephemeral_dh(ephemeral, enc, receiver); !s) return s;
  } else if (Status s = injected_ephemeral_dh(ephemeral, enc, receiver, *rng); !s) {
    return s;
  }
  if (!check_dh_result(ephemeral.view(), group_->params())) return kBadPublicKey;
  if (sender == nullptr) {
    return extract_and_expand(shared_secret, {ephemeral.view()}, {enc, receiver.bytes()});
  }
  DhSecret authentic;
  if (Status s = sender->auth_dh(authentic, receiver); !s) {
    return s.error().code == Errc::not_supported ? s : key_failure(s.error());
  }
  if (Status s = check_dh_result(authentic.view(), group_->params()); !s) return s;
  return extract_and_expand(shared_secret, {ephemeral.view(), authentic.view()},
                            {enc, receiver.bytes(), sender->public_key()});
}

// RFC 9180 section 4 allows DeriveKeyPair(random(Nsk)) for GenerateKeyPair().
Status DhKem::injected_ephemeral_dh(DhSecret& secret, ByteSpan enc, const PublicKey& receiver,
                                    Rng& rng) const noexcept {
  Secret<kMaxNsk> ikm;
  if (Status s = rng.fill(ikm.reset(group_->params().nsk)); !s) return s;
  PrivateKeyBytes sk;
  if (Status s = derive_private(sk, ikm.view()); !s) return s;
  return dh_by(secret, enc, *group_, sk.view(), receiver);
}

// RFC 9180 section 4.1:
//   def ExtractAndExpand(dh, kem_context):
//     eae_prk = LabeledExtract("", "eae_prk", dh)
//     return LabeledExpand(eae_prk, "shared_secret", kem_context, Nsecret)
Status DhKem::extract_and_expand(SharedSecret& shared_secret, std::initializer_list<ByteView> dh,
                                 std::initializer_list<ByteView> kem_context) const noexcept {
  const KemSuiteId suite_id(id_);
  Prk eae_prk;
  Status s = labeled_extract(*kdf_, eae_prk, suite_id.bytes, {}, "eae_prk", dh);
  if (!s) return s;
  s = labeled_expand(*kdf_, shared_secret.reset(find_kem(id_)->nsecret), eae_prk.view(),
                     suite_id.bytes, "shared_secret", kem_context);
  if (!s) shared_secret.clear();
  return s;
}

Status DhKem::shared_secret_from_dh(SharedSecret& shared_secret, const DhSecret& dh,
                                    const Encapsulation& enc,
                                    ByteView receiver_public_key) const noexcept {
  if (Status s = check_dh_result(dh.view(), group_->params()); !s) return s;
  return extract_and_expand(shared_secret, {dh.view()}, {enc.bytes(), receiver_public_key});
}

// RFC 9180 section 4.1:
//   def Decap(enc, skR):                         def AuthDecap(enc, skR, pkS):
//     pkE = DeserializePublicKey(enc)              pkE = DeserializePublicKey(enc)    (import_enc)
//     dh = DH(skR, pkE)                            dh = concat(DH(skR, pkE), DH(skR, pkS))
//     pkRm = SerializePublicKey(pk(skR))           pkRm = SerializePublicKey(pk(skR))
//     kem_context = concat(enc, pkRm)              pkSm = SerializePublicKey(pkS)
//                                                  kem_context = concat(enc, pkRm, pkSm)
//     shared_secret = ExtractAndExpand(dh, kem_context)
Status DhKem::decap(SharedSecret& shared_secret, const DhPrivateKey& key, const Encapsulation& enc,
                    const PublicKey* sender) const noexcept {
  if (key.public_key().size() != group_->params().npk) return kBadDhResult;
  DhSecret dh;
  if (Status s = dhkem::checked_dh(dh, key, *enc.peer()); !s) return s;
  if (sender == nullptr) {
    return extract_and_expand(shared_secret, {dh.view()}, {enc.bytes(), key.public_key()});
  }
  DhSecret authentic;
  if (Status s = dhkem::checked_dh(authentic, key, *sender); !s) return s;
  return extract_and_expand(shared_secret, {dh.view(), authentic.view()},
                            {enc.bytes(), key.public_key(), sender->bytes()});
}

Status dhkem::checked_dh(DhSecret& secret, const DhPrivateKey& key,
                         const PublicKey& peer) noexcept {
  secret.clear();
  const DhKemParams* row = find_dhkem(key.kem_id());
  if (row == nullptr) return kNotDhKem;
  Status s = key.dh(secret, peer);
  if (!s) {
    secret.clear();
    return key_failure(s.error());
  }
  s = check_dh_result(secret.view(), *find_dh(row->dh));
  if (!s) secret.clear();
  return s;
}

}  // namespace twoway::core
