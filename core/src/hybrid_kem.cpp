// draft-irtf-cfrg-concrete-hybrid-kems: an encapsulation is that of ML-KEM, then a public key of
// the group. A public key is joined in the same way.
#include <array>

#include <twoway/core/kem.hpp>

#include "dh_check.hpp"
#include "kem_errors.hpp"
#include "labeled.hpp"

namespace twoway::core {
namespace {

constexpr Error kBadHalf{Errc::invalid_argument,
                         "a hybrid key is made of a key of its ML-KEM and a key of its group"};

/// Both halves as their own makers prepared them.
class HybridPublicKey final : public PublicKey {
 public:
  HybridPublicKey(const HybridKemParams& row, ByteView bytes, std::unique_ptr<PublicKey> ml_kem,
                  std::unique_ptr<PublicKey> dh)
      : row_(row),
        bytes_(bytes.begin(), bytes.end()),
        ml_kem_(std::move(ml_kem)),
        dh_(std::move(dh)) {}

  ByteView bytes() const noexcept override { return bytes_; }
  const void* maker() const noexcept override { return &row_; }
  const PublicKey& ml_kem() const noexcept { return *ml_kem_; }
  const PublicKey& dh() const noexcept { return *dh_; }

 private:
  const HybridKemParams& row_;
  Bytes bytes_;
  std::unique_ptr<PublicKey> ml_kem_;
  std::unique_ptr<PublicKey> dh_;
};

Result<std::unique_ptr<PublicKey>> import_dh(const DhGroup& group, ByteView pk) noexcept {
  if (!public_key_ok(group.params(), pk)) return kBadPublicKey;
  return group.import_public(pk);
}

/// RandomScalar: the first candidate in `seed` that is a private key of the group.
Status choose_scalar(PrivateKeyBytes& sk, const DhParams& dh, ByteView seed) noexcept {
  for (; seed.size() >= dh.nsk; seed = seed.subspan(dh.nsk)) {
    sk.assign(seed.first(dh.nsk));
    if (private_key_ok(dh, sk.view())) return {};
  }
  sk.clear();
  return Error{Errc::provider_failure,
               "the seed gave no key: SHAKE256 or the random generator is faulty"};
}

}  // namespace

/// A private key of two, each of which may live anywhere. It uses the parts that it was made with,
/// whichever Kem it is given.
class HybridKem::JoinedKey final : public PrivateKey {
 public:
  JoinedKey(const HybridKem& kem, std::shared_ptr<const PrivateKey> ml_kem,
            std::shared_ptr<const PrivateKey> dh)
      : kem_(kem), ml_kem_(std::move(ml_kem)), dh_(std::move(dh)) {
    for (const PrivateKey* half : {ml_kem_.get(), dh_.get()}) {
      public_.insert(public_.end(), half->public_key().begin(), half->public_key().end());
    }
  }

  KemId kem_id() const noexcept override { return kem_.row_->id; }
  ByteView public_key() const noexcept override { return public_; }

  // The group's half is asked even if the other proves wrong later: ML-KEM rejects implicitly
  // (FIPS 203 section 6.3), so that a changed `enc` takes the time of a good one.
  Status decap(SharedSecret& shared_secret, const Kem& kem,
               const Encapsulation& enc) const noexcept override {
    shared_secret.clear();
    if (kem.params().id != kem_id() || enc.kem_id() != kem_id()) return kOtherKem;
    const ByteView first = enc.bytes().first(kem_.ml_kem_->params().nenc);
    SharedSecret pq;
    if (Status s = kem_.ml_kem().decap(pq, first, *ml_kem_); !s) return s;

    std::unique_ptr<PublicKey> own;
    const PublicKey* peer = enc.peer();
    if (peer == nullptr) {  // the hybrid of a library that keeps its parts to itself
      auto imported = kem_.import_enc(enc.bytes());
      if (!imported) return imported.error().code == Errc::invalid_key ? kBadEnc : imported.error();
      own = std::move(*imported);
      peer = own.get();
    }
    DhSecret dh;
    if (Status s = dh_->auth_dh(dh, *peer); !s) return key_failure(s.error());
    if (Status s = check_dh_result(dh.view(), kem_.group_->params()); !s) return s;
    return kem_.combine(shared_secret, pq, dh, enc.bytes(), public_);
  }

 private:
  HybridKem kem_;
  std::shared_ptr<const PrivateKey> ml_kem_;
  std::shared_ptr<const PrivateKey> dh_;
  Bytes public_;
};

std::optional<HybridKem> HybridKem::find(const Provider& provider,
                                         const HybridKemParams& row) noexcept {
  const NativeKem* ml_kem = provider.native_kem(row.ml_kem);
  const DhGroup* group = provider.dh(row.dh);
  const Kdf* shake256 = provider.kdf(KdfId::shake256);
  const Hash* sha3_256 = provider.sha3_256();
  if (ml_kem == nullptr || group == nullptr || shake256 == nullptr || sha3_256 == nullptr) {
    return std::nullopt;
  }
  const KemParams& expected = *find_kem(row.ml_kem);
  const KemParams& offered = ml_kem->params();
  if (offered.npk != expected.npk || offered.nenc != expected.nenc || offered.nsk != kMlKemSeed) {
    return std::nullopt;
  }
  return HybridKem(row, *ml_kem, *group, *shake256, *sha3_256, provider.rng());
}

Kem HybridKem::ml_kem() const noexcept { return Kem(ml_kem_->params(), ml_kem_, *rng_); }

Status HybridKem::derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept {
  return derive_seed(sk, ikm, *find_kem(row_->id), *shake256_);
}

// draft-irtf-cfrg-concrete-hybrid-kems, DeriveKeyPair:
//   seed_full = SHAKE256(seed, 64 + group.Nseed)
//   (seed_PQ, seed_T) = split(64, group.Nseed, seed_full)
//   (ek_PQ, dk_PQ) = KEM_PQ.DeriveKeyPair(seed_PQ)
//   dk_T = group.RandomScalar(seed_T)
Result<std::unique_ptr<PrivateKey>> HybridKem::import_private(ByteView sk) const noexcept {
  Secret<kMlKemSeed + kMaxDhSeed> full;
  Status s = shake256_->derive(full.reset(kMlKemSeed + row_->dh_seed), Gather(&sk, 1));
  if (!s) return s.error();
  PrivateKeyBytes scalar;
  s = choose_scalar(scalar, group_->params(), full.view().subspan(kMlKemSeed));
  if (!s) return s.error();
  Result<std::unique_ptr<PrivateKey>> first =
      ml_kem_->import_private(full.view().first(kMlKemSeed));
  if (!first) return first.error();
  Result<std::unique_ptr<DhPrivateKey>> second = group_->import_private(scalar.view());
  if (!second) return second.error();
  return join_private(std::move(*first), std::move(*second));
}

Result<std::unique_ptr<PrivateKey>> HybridKem::join_private(
    std::shared_ptr<const PrivateKey> ml_kem, std::shared_ptr<const PrivateKey> dh) const noexcept {
  if (ml_kem == nullptr || dh == nullptr || ml_kem->kem_id() != row_->ml_kem ||
      dh->kem_id() != group_->params().kem ||
      ml_kem->public_key().size() != ml_kem_->params().npk ||
      dh->public_key().size() != group_->params().npk) {
    return kBadHalf;
  }
  return std::unique_ptr<PrivateKey>(
      std::make_unique<JoinedKey>(*this, std::move(ml_kem), std::move(dh)));
}

Result<std::unique_ptr<PublicKey>> HybridKem::import_public(ByteView pk) const noexcept {
  const std::size_t first = ml_kem_->params().npk;
  Result<std::unique_ptr<PublicKey>> ml_kem = ml_kem_->import_public(pk.first(first));
  if (!ml_kem) return ml_kem.error();
  Result<std::unique_ptr<PublicKey>> dh = import_dh(*group_, pk.subspan(first));
  if (!dh) return dh.error();
  return std::unique_ptr<PublicKey>(
      std::make_unique<HybridPublicKey>(*row_, pk, std::move(*ml_kem), std::move(*dh)));
}

/// The group's public key in `enc`.
Result<std::unique_ptr<PublicKey>> HybridKem::import_enc(ByteView enc) const noexcept {
  const std::size_t first = ml_kem_->params().nenc;
  const Result<std::unique_ptr<PublicKey>> ml_kem = ml_kem_->import_enc(enc.first(first));
  if (!ml_kem) return ml_kem.error();
  return import_dh(*group_, enc.subspan(first));
}

// draft-irtf-cfrg-hybrid-kems, Encaps:
//   (ek_PQ, ek_T) = split(KEM_PQ.Nek, group.Nelem, ek)
//   (ss_PQ, ct_PQ) = KEM_PQ.Encaps(ek_PQ)
//   sk_E = group.RandomScalar(random(group.Nseed))
//   ct_T = group.Exp(group.g, sk_E)
//   ss_T = group.ElementToSharedSecret(group.Exp(ek_T, sk_E))
//   ss = combine(ss_PQ, ss_T, ct_T, ek_T, label)
//   ct = concat(ct_PQ, ct_T)
Status HybridKem::encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                        Rng* rng) const noexcept {
  const auto& key = static_cast<const HybridPublicKey&>(receiver);
  const std::size_t first = ml_kem_->params().nenc;
  SharedSecret pq;
  if (Status s = ml_kem().encap(pq, enc.first(first), key.ml_kem(), rng); !s) return s;
  DhSecret dh;
  if (Status s = ephemeral_dh(dh, enc.subspan(first), key.dh(), rng); !s) return s;
  if (!check_dh_result(dh.view(), group_->params())) return kBadPublicKey;
  return combine(shared_secret, pq, dh, enc, receiver.bytes());
}

Status HybridKem::ephemeral_dh(DhSecret& secret, ByteSpan enc, const PublicKey& receiver,
                               Rng* rng) const noexcept {
  std::unique_ptr<PublicKey> own;
  const PublicKey* peer = &receiver;
  if (receiver.maker() != group_) {
    Result<std::unique_ptr<PublicKey>> imported = import_dh(*group_, receiver.bytes());
    if (!imported) return imported.error();
    own = std::move(*imported);
    peer = own.get();
  }
  if (rng == nullptr) return group_->ephemeral_dh(secret, enc, *peer);
  // One candidate is drawn at a time: all but one in 2^32 are in range.
  PrivateKeyBytes candidate, sk;
  Status chosen = kBadDhResult;
  for (std::size_t drawn = 0; !chosen && drawn < row_->dh_seed; drawn += candidate.size()) {
    if (Status s = rng->fill(candidate.reset(group_->params().nsk)); !s) return s;
    chosen = choose_scalar(sk, group_->params(), candidate.view());
  }
  return chosen ? dh_by(secret, enc, *group_, sk.view(), *peer) : chosen;
}

Status HybridKem::shared_secret_from_parts(SharedSecret& shared_secret, const SharedSecret& ml_kem,
                                           const DhSecret& dh, const Encapsulation& enc,
                                           ByteView receiver_public_key) const noexcept {
  if (ml_kem.size() != ml_kem_->params().nsecret) {
    return Error{Errc::key_unavailable, "the ML-KEM key gave a secret of the wrong length"};
  }
  if (Status s = check_dh_result(dh.view(), group_->params()); !s) return s;
  return combine(shared_secret, ml_kem, dh, enc.bytes(), receiver_public_key);
}

// draft-irtf-cfrg-concrete-hybrid-kems:
//   ss = SHA3-256(concat(ss_PQ, ss_T, ct_T, ek_T, label))
Status HybridKem::combine(SharedSecret& shared_secret, const SharedSecret& ml_kem,
                          const DhSecret& dh, ByteView enc,
                          ByteView receiver_public_key) const noexcept {
  const std::size_t npk = group_->params().npk;
  const std::array<ByteView, 5> input{ml_kem.view(), dh.view(), enc.last(npk),
                                      receiver_public_key.last(npk), as_bytes(row_->label)};
  Status s = sha3_256_->digest(shared_secret.reset(find_kem(row_->id)->nsecret), input);
  if (!s) shared_secret.clear();
  return s;
}

// FIPS 203 section 7.2: ByteEncode_12(ByteDecode_12(pk[0 : 384k])) == pk[0 : 384k], which holds if
// each of the 12-bit numbers is below q. The last 32 bytes are a seed.
bool ml_kem_public_ok(ByteView pk) noexcept {
  constexpr unsigned kQ = 3329;
  for (std::size_t i = 0; i + 32 < pk.size(); i += 3) {
    const unsigned low = pk[i] | (pk[i + 1] & 0x0fU) << 8;
    const unsigned high = pk[i + 1] >> 4 | static_cast<unsigned>(pk[i + 2]) << 4;
    if (low >= kQ || high >= kQ) return false;
  }
  return true;
}

// draft-ietf-hpke-pq:
//   DeriveKeyPair(ikm): SHAKE256.LabeledDerive(ikm, "DeriveKeyPair", "", Nsk)
Status derive_seed(PrivateKeyBytes& sk, ByteView ikm, const KemParams& kem,
                   const Kdf& shake256) noexcept {
  const KemSuiteId suite_id(kem.id);
  Status s =
      labeled_derive(shake256, sk.reset(kem.nsk), {ikm}, suite_id.bytes, "DeriveKeyPair", {});
  if (!s) sk.clear();
  return s;
}

}  // namespace twoway::core
