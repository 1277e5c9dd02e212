// The common part of all KEMs: lookup, lengths, and the owners of keys. Each kind does the rest.
#include <twoway/core/kem.hpp>

#include "kem_errors.hpp"

namespace twoway::core {
namespace {

constexpr const char* kNoKem = "the provider does not offer this KEM: choose another suite";
constexpr const char* kNoMlKem =
    "the provider's library has no ML-KEM of this size, or lacks another part of this KEM: install "
    "a newer one, or choose another suite or provider";
constexpr Error kNotHybrid{Errc::not_supported, "this KEM is not composed of ML-KEM and a group"};
constexpr Error kBadEncLength{Errc::invalid_argument, "enc must be exactly Nenc bytes long"};

template <typename Kind>
const Kind& kind_of(const Kind& kem) noexcept {
  return kem;
}
const NativeKem& kind_of(const NativeKem* kem) noexcept { return *kem; }

template <typename Kind>
const void* maker_of(const Kind& kem) noexcept {
  return kem.maker();
}
const void* maker_of(const NativeKem& kem) noexcept { return &kem; }

/// Calls `use` with the KEM that `kind` holds.
template <typename Kind, typename Use>
auto with(const Kind& kind, Use use) noexcept {
  return std::visit([&use](const auto& held) { return use(kind_of(held)); }, kind);
}

/// Calls `use` with `key` if `kem` prepared it, else with a key that it prepares from the bytes.
template <typename Kind, typename Use>
Status with_public(const Kind& kem, const KemParams& params, const PublicKey& key,
                   Use use) noexcept {
  if (key.maker() == maker_of(kem)) return use(key);
  if (key.bytes().size() != params.npk) return kBadPublicKey;
  const Result<std::unique_ptr<PublicKey>> imported = kem.import_public(key.bytes());
  return imported ? use(**imported) : imported.error();
}

bool within_limits(const KemParams& params) noexcept {
  return params.nenc <= kMaxEnc && params.npk <= kMaxPublicKey && params.nsecret <= kMaxNsecret &&
         params.nsk <= kMaxNsk;
}

}  // namespace

Result<Kem> Kem::find(const Provider& provider, KemId id) noexcept {
  if (const NativeKem* native = provider.native_kem(id)) {
    if (within_limits(native->params())) return Kem(native->params(), native, provider.rng());
    return Error{Errc::not_supported, "the native KEM's sizes exceed this library's maxima"};
  }
  if (const DhKemParams* row = find_dhkem(id)) {
    const DhGroup* group = provider.dh(row->dh);
    const Kdf* kdf = provider.kdf(row->kdf);
    if (group != nullptr && kdf != nullptr) {
      return Kem(*find_kem(id), DhKem(*row, *group, *kdf), provider.rng());
    }
  }
  if (const HybridKemParams* row = find_hybrid_kem(id)) {
    if (const auto hybrid = HybridKem::find(provider, *row)) {
      return Kem(*find_kem(id), *hybrid, provider.rng());
    }
  }
  return not_offered(provider,
                     find_kem(id) != nullptr && find_dhkem(id) == nullptr ? kNoMlKem : kNoKem);
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

Status Kem::derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept {
  sk.clear();
  if (ikm.size() < params_->nsk) {
    return Error{Errc::invalid_argument, "DeriveKeyPair needs at least Nsk bytes of input"};
  }
  return with(kind_, [&](const auto& kem) { return kem.derive_private(sk, ikm); });
}

Result<std::unique_ptr<PrivateKey>> Kem::import_private(ByteView sk) const noexcept {
  if (sk.size() != params_->nsk) return kBadPrivateKey;
  return with(kind_, [&](const auto& kem) { return kem.import_private(sk); });
}

Result<std::unique_ptr<PrivateKey>> Kem::join_private(
    std::shared_ptr<const PrivateKey> ml_kem, std::shared_ptr<const PrivateKey> dh) const noexcept {
  const HybridKem* kem = std::get_if<HybridKem>(&kind_);
  return kem == nullptr ? kNotHybrid : kem->join_private(std::move(ml_kem), std::move(dh));
}

Result<std::unique_ptr<PublicKey>> Kem::import_public(ByteView pk) const noexcept {
  if (pk.size() != params_->npk) return kBadPublicKey;
  return with(kind_, [&](const auto& kem) { return kem.import_public(pk); });
}

Status Kem::encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                  Rng* rng) const noexcept {
  shared_secret.clear();
  if (enc.size() != params_->nenc) return kBadEncLength;
  return with(kind_, [&](const auto& kem) {
    return with_public(kem, *params_, receiver, [&](const PublicKey& key) {
      return kem.encap(shared_secret, enc, key, rng);
    });
  });
}

Status Kem::auth_encap(SharedSecret& shared_secret, ByteSpan enc, const PublicKey& receiver,
                       const PrivateKey& sender, Rng* rng) const noexcept {
  shared_secret.clear();
  const DhKem* kem = std::get_if<DhKem>(&kind_);
  if (kem == nullptr || !params_->auth) {
    return Error{Errc::not_supported, "this KEM has no authenticated mode: use base or psk"};
  }
  if (sender.kem_id() != params_->id) return kOtherKem;
  if (enc.size() != params_->nenc) return kBadEncLength;
  return with_public(*kem, *params_, receiver, [&](const PublicKey& key) {
    return kem->auth_encap(shared_secret, enc, key, sender, rng);
  });
}

Result<Encapsulation> Kem::import_enc(ByteView enc) const noexcept {
  if (enc.size() != params_->nenc) return kBadEnc;
  Result<std::unique_ptr<PublicKey>> peer =
      with(kind_, [&](const auto& kem) { return kem.import_enc(enc); });
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

Status Kem::shared_secret_from_dh(SharedSecret& shared_secret, const DhSecret& dh,
                                  const Encapsulation& enc,
                                  ByteView receiver_public_key) const noexcept {
  shared_secret.clear();
  const DhKem* kem = std::get_if<DhKem>(&kind_);
  if (kem == nullptr) return kNotDhKem;
  if (enc.kem_id() != params_->id) return kOtherKem;
  if (receiver_public_key.size() != params_->npk) return kBadPublicKey;
  return kem->shared_secret_from_dh(shared_secret, dh, enc, receiver_public_key);
}

Status Kem::shared_secret_from_parts(SharedSecret& shared_secret, const SharedSecret& ml_kem,
                                     const DhSecret& dh, const Encapsulation& enc,
                                     ByteView receiver_public_key) const noexcept {
  shared_secret.clear();
  const HybridKem* kem = std::get_if<HybridKem>(&kind_);
  if (kem == nullptr) return kNotHybrid;
  if (enc.kem_id() != params_->id) return kOtherKem;
  if (receiver_public_key.size() != params_->npk) return kBadPublicKey;
  return kem->shared_secret_from_parts(shared_secret, ml_kem, dh, enc, receiver_public_key);
}

Status dhkem::decap(SharedSecret& shared_secret, const Kem& kem, const DhPrivateKey& key,
                    const Encapsulation& enc, const PublicKey* sender) noexcept {
  shared_secret.clear();
  if (key.kem_id() != kem.params().id || enc.kem_id() != kem.params().id) return kOtherKem;
  const DhKem* held = std::get_if<DhKem>(&kem.kind_);
  if (held == nullptr) return kNotDhKem;
  if (sender == nullptr) return held->decap(shared_secret, key, enc, nullptr);
  return with_public(*held, kem.params(), *sender, [&](const PublicKey& peer) {
    return held->decap(shared_secret, key, enc, &peer);
  });
}

}  // namespace twoway::core
