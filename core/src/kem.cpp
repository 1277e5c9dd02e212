#include <array>
#include <optional>

#include <twoway/core/kem.hpp>

#include "dh_check.hpp"
#include "labeled.hpp"

namespace twoway::core {
namespace {

constexpr Error kBadPublicKey{Errc::invalid_key,
                              "the public key is not valid for its KEM: check where it came from"};
constexpr Error kBadPrivateKey{Errc::invalid_key,
                               "the private key is not valid for its KEM: wrong length or range"};
constexpr Error kBadEnc{Errc::open_failed, kBadAeadTag.message};
constexpr Error kBadDhResult{Errc::key_unavailable,
                             "the private key gave a result of the wrong length, or zeros"};
constexpr Error kOtherKem{Errc::invalid_argument, "the key belongs to another KEM than the suite"};
constexpr Error kNotDhKem{Errc::not_supported, "this KEM is not a DHKEM of its provider"};

/// suite_id = concat("KEM", I2OSP(kem_id, 2)) (RFC 9180 section 4.1)
struct KemSuiteId {
  explicit KemSuiteId(KemId id) noexcept {
    const auto number = i2osp2(static_cast<std::size_t>(id));
    bytes = {'K', 'E', 'M', number[0], number[1]};
  }
  std::array<std::uint8_t, 5> bytes;
};

/// RFC 9180 section 7.1.4: the result of X25519 and X448 is checked for all zeros.
Status check_dh(ByteView secret, const DhParams& dh) noexcept {
  if (secret.size() != dh.ndh || (dh.refuse_zero && all_zero(secret))) return kBadDhResult;
  return {};
}

/// The peer is valid, so whatever a key fails at is its own trouble and not the message's.
Error key_failure(const Error& error) noexcept {
  return {Errc::key_unavailable, error.message, error.native};
}

/// The key itself where this maker prepared it, else one that it prepares from the bytes.
template <typename Maker>
Result<const PublicKey*> adopt(const Maker& maker, const PublicKey& key,
                               std::unique_ptr<PublicKey>& storage, const Kem& kem) noexcept {
  if (key.maker() == &maker) return &key;
  Result<std::unique_ptr<PublicKey>> imported = kem.import_public(key.bytes());
  if (!imported) return imported.error();
  storage = std::move(*imported);
  return const_cast<const PublicKey*>(storage.get());
}

}  // namespace

Result<Kem> Kem::find(const Provider& provider, KemId id) noexcept {
  Kem kem;
  kem.rng_ = &provider.rng();
  if (const NativeKem* native = provider.native_kem(id)) {
    kem.native_ = native;
    kem.params_ = &native->params();
    if (kem.params_->nenc <= kMaxEnc && kem.params_->npk <= kMaxPublicKey &&
        kem.params_->nsecret <= kMaxNsecret && kem.params_->nsk <= kMaxNsk) {
      return kem;
    }
    return Error{Errc::not_supported, "the native KEM's sizes exceed this library's maxima"};
  }
  if (const DhKemParams* parts = find_dhkem(id)) {
    kem.params_ = find_kem(id);
    kem.group_ = provider.dh(parts->dh);
    kem.kdf_ = provider.kdf(parts->kdf);
    if (kem.group_ != nullptr && kem.kdf_ != nullptr) return kem;
  }
  return not_offered(provider, "the provider does not offer this KEM: choose another suite");
}

Result<std::unique_ptr<PrivateKey>> Kem::generate_key_pair() const noexcept {
  Secret<kMaxNsk> ikm;
  if (Status s = rng_->fill(ikm.reset(params_->nsk)); !s) return s.error();
  return derive_key_pair(ikm.view());
}

Result<std::unique_ptr<PrivateKey>> Kem::derive_key_pair(ByteView ikm) const noexcept {
  PrivateKeyBytes sk;
  if (Status s = derive_private(sk, ikm); !s) return s.error();
  return import_private(sk.view());
}

// RFC 9180 section 7.1.3, X25519 and X448:
//   dkp_prk = LabeledExtract("", "dkp_prk", ikm)
//   sk = LabeledExpand(dkp_prk, "sk", "", Nsk)
Status Kem::derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept {
  sk.clear();
  if (ikm.size() < params_->nsk) {
    return Error{Errc::invalid_argument, "DeriveKeyPair needs at least Nsk bytes of input"};
  }
  if (native_ != nullptr) return native_->derive_private(sk, ikm);

  const KemSuiteId suite_id(params_->id);
  Prk dkp_prk;
  if (Status s = labeled_extract(*kdf_, dkp_prk, suite_id.bytes, {}, "dkp_prk", {ikm}); !s) {
    return s;
  }
  const DhParams& dh = group_->params();
  if (!dh.order.empty()) return derive_candidate(sk, dkp_prk.view(), suite_id.bytes, dh);
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
Status Kem::derive_candidate(PrivateKeyBytes& sk, ByteView dkp_prk, ByteView suite_id,
                             const DhParams& dh) const noexcept {
  for (unsigned counter = 0; counter <= 255; ++counter) {
    const auto byte = static_cast<std::uint8_t>(counter);
    const ByteSpan bytes = sk.reset(dh.nsk);
    Status s = labeled_expand(*kdf_, bytes, dkp_prk, suite_id, "candidate", {ByteView(&byte, 1)});
    if (!s) {
      sk.clear();
      return s;
    }
    bytes[0] = static_cast<std::uint8_t>(bytes[0] & dh.candidate_mask);
    if (private_key_ok(dh, bytes)) return {};
  }
  sk.clear();
  return Error{Errc::provider_failure, "DeriveKeyPair found no key: the KDF does not work"};
}

Result<std::unique_ptr<PrivateKey>> Kem::import_private(ByteView sk) const noexcept {
  if (native_ != nullptr) {
    if (sk.size() != params_->nsk) return kBadPrivateKey;
    return native_->import_private(sk);
  }
  if (!private_key_ok(group_->params(), sk)) return kBadPrivateKey;
  Result<std::unique_ptr<DhPrivateKey>> key = group_->import_private(sk);
  if (!key) return key.error();
  return std::unique_ptr<PrivateKey>(std::move(*key));
}

Result<std::unique_ptr<PublicKey>> Kem::import_public(ByteView pk) const noexcept {
  if (native_ != nullptr) {
    if (pk.size() != params_->npk) return kBadPublicKey;
    return native_->import_public(pk);
  }
  if (!public_key_ok(group_->params(), pk)) return kBadPublicKey;
  return group_->import_public(pk);
}

Status Kem::encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                  Rng* rng) const noexcept {
  shared_secret.clear();
  if (enc.size() != params_->nenc) {
    return Error{Errc::invalid_argument, "enc must be exactly Nenc bytes long"};
  }
  std::unique_ptr<PublicKey> storage;
  if (native_ != nullptr) {
    Result<const PublicKey*> mine = adopt(*native_, receiver, storage, *this);
    if (!mine) return mine.error();
    return native_->encap(shared_secret, enc, **mine, rng);
  }
  Result<const PublicKey*> mine = adopt(*group_, receiver, storage, *this);
  if (!mine) return mine.error();
  return dhkem_encap(shared_secret, enc, **mine, nullptr, rng);
}

Status Kem::auth_encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                       const PrivateKey& sender, Rng* rng) const noexcept {
  shared_secret.clear();
  if (native_ != nullptr || !params_->auth) {
    return Error{Errc::not_supported, "this KEM has no authenticated mode: use base or psk"};
  }
  if (sender.kem_id() != params_->id) return kOtherKem;
  if (enc.size() != params_->nenc) {
    return Error{Errc::invalid_argument, "enc must be exactly Nenc bytes long"};
  }
  std::unique_ptr<PublicKey> storage;
  Result<const PublicKey*> mine = adopt(*group_, receiver, storage, *this);
  if (!mine) return mine.error();
  return dhkem_encap(shared_secret, enc, **mine, &sender, rng);
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
Status Kem::dhkem_encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                        const PrivateKey* sender, Rng* rng) const noexcept {
  DhSecret ephemeral;
  if (rng == nullptr) {
    if (Status s = group_->ephemeral_dh(ephemeral, enc, receiver); !s) return s;
  } else if (Status s = injected_ephemeral_dh(ephemeral, enc, receiver, *rng); !s) {
    return s;
  }
  if (!check_dh(ephemeral.view(), group_->params())) return kBadPublicKey;
  if (sender == nullptr) {
    return extract_and_expand(shared_secret, {ephemeral.view()}, {enc, receiver.bytes()});
  }
  DhSecret authentic;
  if (Status s = sender->auth_dh(authentic, receiver); !s) {
    return s.error().code == Errc::not_supported ? s : key_failure(s.error());
  }
  if (Status s = check_dh(authentic.view(), group_->params()); !s) return s;
  return extract_and_expand(shared_secret, {ephemeral.view(), authentic.view()},
                            {enc, receiver.bytes(), sender->public_key()});
}

// RFC 9180 section 4 allows DeriveKeyPair(random(Nsk)) for GenerateKeyPair().
Status Kem::injected_ephemeral_dh(DhSecret& secret, ByteSpan enc, const PublicKey& receiver,
                                  Rng& rng) const noexcept {
  Secret<kMaxNsk> ikm;
  if (Status s = rng.fill(ikm.reset(params_->nsk)); !s) return s;
  PrivateKeyBytes sk;
  if (Status s = derive_private(sk, ikm.view()); !s) return s;
  Result<std::unique_ptr<DhPrivateKey>> key = group_->import_private(sk.view());
  if (!key) return key.error();
  const ByteView pk = (*key)->public_key();
  if (pk.size() != enc.size()) return kBadDhResult;
  std::copy(pk.begin(), pk.end(), enc.begin());
  return (*key)->dh(secret, receiver);
}

// RFC 9180 section 4.1:
//   def ExtractAndExpand(dh, kem_context):
//     eae_prk = LabeledExtract("", "eae_prk", dh)
//     return LabeledExpand(eae_prk, "shared_secret", kem_context, Nsecret)
Status Kem::extract_and_expand(SharedSecret& shared_secret, std::initializer_list<ByteView> dh,
                               std::initializer_list<ByteView> kem_context) const noexcept {
  const KemSuiteId suite_id(params_->id);
  Prk eae_prk;
  Status s = labeled_extract(*kdf_, eae_prk, suite_id.bytes, {}, "eae_prk", dh);
  if (!s) return s;
  s = labeled_expand(*kdf_, shared_secret.reset(params_->nsecret), eae_prk.view(), suite_id.bytes,
                     "shared_secret", kem_context);
  if (!s) shared_secret.clear();
  return s;
}

Status Kem::shared_secret_from_dh(SharedSecret& shared_secret, const DhSecret& dh,
                                  const Encapsulation& enc,
                                  ByteView receiver_public_key) const noexcept {
  shared_secret.clear();
  if (native_ != nullptr) return kNotDhKem;
  if (enc.kem_id() != params_->id) return kOtherKem;
  if (receiver_public_key.size() != params_->npk) return kBadPublicKey;
  if (Status s = check_dh(dh.view(), group_->params()); !s) return s;
  return extract_and_expand(shared_secret, {dh.view()}, {enc.bytes(), receiver_public_key});
}

Result<Encapsulation> Kem::import_enc(ByteView enc) const noexcept {
  if (enc.size() != params_->nenc) return kBadEnc;
  Result<std::unique_ptr<PublicKey>> peer =
      native_ != nullptr ? native_->import_enc(enc) : import_public(enc);
  if (!peer) return peer.error().code == Errc::invalid_key ? kBadEnc : peer.error();
  return Encapsulation(params_->id, enc, std::move(*peer));
}

Status Kem::decap(SharedSecret& shared_secret, ByteView enc,
                  const PrivateKey& receiver) const noexcept {
  shared_secret.clear();
  if (receiver.kem_id() != params_->id) return kOtherKem;
  const Result<Encapsulation> valid = import_enc(enc);
  return valid ? receiver.decap(shared_secret, *this, *valid) : valid.error();
}

Status Kem::auth_decap(SharedSecret& shared_secret, ByteView enc, const PrivateKey& receiver,
                       const PublicKey& sender) const noexcept {
  shared_secret.clear();
  if (receiver.kem_id() != params_->id) return kOtherKem;
  const Result<Encapsulation> valid = import_enc(enc);
  return valid ? receiver.auth_decap(shared_secret, *this, *valid, sender) : valid.error();
}

Status dhkem::checked_dh(DhSecret& secret, const DhPrivateKey& key,
                         const PublicKey& peer) noexcept {
  secret.clear();
  const DhKemParams* parts = find_dhkem(key.kem_id());
  if (parts == nullptr) return kNotDhKem;
  Status s = key.dh(secret, peer);
  if (!s) {
    secret.clear();
    return key_failure(s.error());
  }
  s = check_dh(secret.view(), *find_dh(parts->dh));
  if (!s) secret.clear();
  return s;
}

// RFC 9180 section 4.1:
//   def Decap(enc, skR):                         def AuthDecap(enc, skR, pkS):
//     pkE = DeserializePublicKey(enc)              pkE = DeserializePublicKey(enc)    (import_enc)
//     dh = DH(skR, pkE)                            dh = concat(DH(skR, pkE), DH(skR, pkS))
//     pkRm = SerializePublicKey(pk(skR))           pkRm = SerializePublicKey(pk(skR))
//     kem_context = concat(enc, pkRm)              pkSm = SerializePublicKey(pkS)
//                                                  kem_context = concat(enc, pkRm, pkSm)
//     shared_secret = ExtractAndExpand(dh, kem_context)
Status dhkem::decap(SharedSecret& shared_secret, const Kem& kem, const DhPrivateKey& key,
                    const Encapsulation& enc, const PublicKey* sender) noexcept {
  shared_secret.clear();
  if (key.kem_id() != kem.params_->id || enc.kem_id() != kem.params_->id) return kOtherKem;
  if (kem.group_ == nullptr) return kNotDhKem;
  if (key.public_key().size() != kem.params_->npk) return kBadDhResult;

  DhSecret dh;
  if (Status s = checked_dh(dh, key, *enc.peer()); !s) return s;
  if (sender == nullptr) {
    return kem.extract_and_expand(shared_secret, {dh.view()}, {enc.bytes(), key.public_key()});
  }

  std::unique_ptr<PublicKey> storage;
  Result<const PublicKey*> peer = adopt(*kem.group_, *sender, storage, kem);
  if (!peer) return peer.error();
  DhSecret authentic;
  if (Status s = checked_dh(authentic, key, **peer); !s) return s;
  return kem.extract_and_expand(shared_secret, {dh.view(), authentic.view()},
                                {enc.bytes(), key.public_key(), sender->bytes()});
}

}  // namespace twoway::core
