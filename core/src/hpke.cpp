#include <algorithm>
#include <initializer_list>

#include <twoway/core/hpke.hpp>

#include "key_schedule.hpp"
#include "labeled.hpp"

namespace twoway::core {
namespace {

constexpr Error kExportOnly{
    Errc::not_supported,
    "the context cannot seal or open: its AEAD is export-only, or its sequence was taken"};
constexpr Error kNoAuthOneStage{Errc::not_supported,
                                "authenticated modes are defined for two-stage KDFs: use HKDF"};
constexpr Error kEncOverlaps{Errc::invalid_argument,
                             "`enc` shares memory with another argument, which writing it would "
                             "change: give it a buffer of its own"};
constexpr Error kLongInput{Errc::invalid_argument,
                           "info, psk and psk_id have at most 65535 bytes each"};

// RFC 9180 section 5.1, VerifyPSKInputs, and the length that section 5.1.2 asks for.
Status check_inputs(ByteView info, const std::optional<Psk>& psk) noexcept {
  if (info.size() > kMaxHpkeInput) return kLongInput;
  if (!psk) return {};
  if (psk->psk.empty() || psk->psk_id.empty()) {
    return Error{Errc::invalid_argument, "psk and psk_id go together: give both or neither"};
  }
  if (psk->psk.size() < kMinPsk) {
    return Error{Errc::invalid_argument, "a psk has at least 32 bytes, all of them random"};
  }
  if (psk->psk.size() > kMaxHpkeInput || psk->psk_id.size() > kMaxHpkeInput) return kLongInput;
  return {};
}

Mode mode_of(const std::optional<Psk>& psk, bool auth) noexcept {
  if (auth) return psk ? Mode::auth_psk : Mode::auth;
  return psk ? Mode::psk : Mode::base;
}

bool has_auth(const CipherSuite& suite) noexcept {
  return suite.kdf().params().stages == KdfStages::two;
}

/// Whether the library's types hold the sizes of a provider's own KDF and AEAD. A nonce has room
/// for the 64-bit counter.
bool sizes_ok(const KdfParams& kdf, const AeadParams* aead) noexcept {
  if (kdf.nh == 0 || kdf.nh > kMaxNh) return false;
  if (aead == nullptr) return true;
  return aead->nk >= 1 && aead->nk <= kMaxNk && aead->nn >= kMinNn && aead->nn <= kMaxNn &&
         aead->nt >= 1 && aead->nt <= kMaxNt;
}

/// Whether none of `inputs` shares memory with `enc`, which is written before they are read.
bool apart(ByteView enc, std::initializer_list<ByteView> inputs) noexcept {
  return std::none_of(inputs.begin(), inputs.end(),
                      [&](ByteView input) { return overlap(enc, input); });
}

/// KeySchedule, then the sequence (none in an export-only suite) and the exporter of a context.
template <typename Sequence>
struct ScheduledContext {
  std::optional<Sequence> sequence;
  Exporter exporter;

  static Result<ScheduledContext> create(const CipherSuite& suite, Mode mode,
                                         ByteView shared_secret, ByteView info,
                                         const std::optional<Psk>& psk) noexcept {
    const Psk none{};
    const Psk& used = psk ? *psk : none;
    KeySchedule keys;
    Status s = key_schedule(keys, suite, {mode, shared_secret, info, used.psk, used.psk_id});
    if (!s) return s.error();
    Result<Exporter> exporter = Exporter::create(suite, keys.exporter_secret.view());
    if (!exporter) return exporter.error();
    if (suite.aead() == nullptr) return ScheduledContext{std::nullopt, std::move(*exporter)};
    Result<Sequence> sequence =
        Sequence::create(*suite.aead(), keys.key.view(), keys.base_nonce.view());
    if (!sequence) return sequence.error();
    return ScheduledContext{std::move(*sequence), std::move(*exporter)};
  }
};

}  // namespace

CipherSuite::CipherSuite(Suite id, Kem kem, const Kdf& kdf, const Aead* aead) noexcept
    : id_(id), kem_(kem), kdf_(&kdf), aead_(aead) {
  // RFC 9180 section 5.1
  const auto kem_id = i2osp2(static_cast<std::size_t>(id.kem));
  const auto kdf_id = i2osp2(static_cast<std::size_t>(id.kdf));
  const auto aead_id = i2osp2(static_cast<std::size_t>(id.aead));
  suite_id_ = {'H',       'P',       'K',       'E',        kem_id[0],
               kem_id[1], kdf_id[0], kdf_id[1], aead_id[0], aead_id[1]};
}

Result<CipherSuite> CipherSuite::find(const Provider& provider, Suite suite) noexcept {
  Result<Kem> kem = Kem::find(provider, suite.kem);
  if (!kem) return kem.error();
  const Kdf* kdf = provider.kdf(suite.kdf);
  if (kdf == nullptr) {
    return not_offered(provider, "the provider does not offer this KDF: choose another suite");
  }
  const Aead* aead = nullptr;
  if (suite.aead != AeadId::export_only) {
    aead = provider.aead(suite.aead);
    if (aead == nullptr) {
      return not_offered(provider, "the provider does not offer this AEAD: choose another suite");
    }
  }
  if (!sizes_ok(kdf->params(), aead == nullptr ? nullptr : &aead->params())) {
    return Error{Errc::not_supported,
                 "the KDF's or AEAD's sizes are outside of this library's bounds"};
  }
  CipherSuite found(suite, *kem, *kdf, aead);
  if (kdf->params().stages == KdfStages::two) {
    Prk hash;
    Status s = labeled_extract(*kdf, hash, found.suite_id(), {}, "psk_id_hash", {});
    if (!s) return s.error();
    found.psk_id_hash_.size = hash.size();
    std::copy(hash.view().begin(), hash.view().end(), found.psk_id_hash_.bytes.begin());
  }
  return found;
}

Exporter::Exporter(const Kdf& kdf, ByteView suite_id, ByteView secret) noexcept : kdf_(&kdf) {
  std::copy(suite_id.begin(), suite_id.end(), suite_id_.begin());
  secret_.assign(secret);
}

Result<Exporter> Exporter::create(const CipherSuite& suite, ByteView exporter_secret) noexcept {
  if (exporter_secret.size() != suite.kdf().params().nh) {
    return Error{Errc::invalid_argument, "an exporter secret must be Nh bytes"};
  }
  return Exporter(suite.kdf(), suite.suite_id(), exporter_secret);
}

Exporter Exporter::duplicate() const noexcept { return {*kdf_, suite_id_, secret_.view()}; }

Status Exporter::export_secret(ByteSpan out, ByteView exporter_context) const noexcept {
  if (secret_.empty()) {
    wipe(out);
    return kMovedFrom;
  }
  if (out.size() > kdf_->params().max_output) {
    wipe(out);
    return Error{Errc::invalid_argument, "an export has at most 255*Nh bytes"};
  }
  if (overlap(out, exporter_context)) {
    wipe(out);
    return kBadOverlap;
  }
  return export_from(out, *kdf_, suite_id_, secret_.view(), exporter_context);
}

// RFC 9180 section 5.1.1 and its siblings:
//   shared_secret, enc = Encap(pkR)  or  AuthEncap(pkR, skS)
//   return enc, KeyScheduleS(mode, shared_secret, info, psk, psk_id)
Result<SenderContext> SenderContext::setup(const CipherSuite& suite, ByteSpan enc,
                                           const PublicKey& receiver, ByteView info,
                                           const SenderMode& mode, Rng* rng) noexcept {
  if (Status s = check_inputs(info, mode.psk); !s) return s.error();
  const Psk psk = mode.psk.value_or(Psk{});
  if (!apart(enc, {info, psk.psk, psk.psk_id})) return kEncOverlaps;
  const bool auth = mode.key != nullptr;
  if (auth && !has_auth(suite)) return kNoAuthOneStage;
  SharedSecret shared_secret;
  Status s = auth ? suite.kem().auth_encap(shared_secret, enc, receiver, *mode.key, rng)
                  : suite.kem().encap(shared_secret, enc, receiver, rng);
  if (!s) return s.error();
  auto scheduled = ScheduledContext<SealSequence>::create(suite, mode_of(mode.psk, auth),
                                                          shared_secret.view(), info, mode.psk);
  if (!scheduled) return scheduled.error();
  return SenderContext(std::move(scheduled->sequence), std::move(scheduled->exporter));
}

std::size_t SenderContext::sealed_size(std::size_t plaintext_size) const noexcept {
  return sequence_ ? sequence_->sealed_size(plaintext_size) : 0;
}

Result<std::size_t> SenderContext::seal(ByteSpan out, ByteView aad, ByteView plaintext) noexcept {
  if (!sequence_) return kExportOnly;
  return sequence_->seal(out, aad, plaintext);
}

Result<SealSequence> SenderContext::take_sequence() noexcept {
  return core::take_sequence(sequence_, kExportOnly);
}

// RFC 9180 section 5.1.1 and its siblings:
//   shared_secret = Decap(enc, skR)  or  AuthDecap(enc, skR, pkS)
//   return KeyScheduleR(mode, shared_secret, info, psk, psk_id)
Result<RecipientContext> RecipientContext::setup(const CipherSuite& suite, ByteView enc,
                                                 const PrivateKey& key, ByteView info,
                                                 const RecipientMode& mode) noexcept {
  if (Status s = check_inputs(info, mode.psk); !s) return s.error();
  const bool auth = mode.sender != nullptr;
  if (auth && !has_auth(suite)) return kNoAuthOneStage;
  SharedSecret shared_secret;
  Status s = auth ? suite.kem().auth_decap(shared_secret, enc, key, *mode.sender)
                  : suite.kem().decap(shared_secret, enc, key);
  if (!s) return s.error();
  auto scheduled = ScheduledContext<OpenSequence>::create(suite, mode_of(mode.psk, auth),
                                                          shared_secret.view(), info, mode.psk);
  if (!scheduled) return scheduled.error();
  return RecipientContext(std::move(scheduled->sequence), std::move(scheduled->exporter));
}

Result<RecipientContext> RecipientContext::from_shared_secret(
    const CipherSuite& suite, const SharedSecret& shared_secret, ByteView info,
    const std::optional<Psk>& psk) noexcept {
  if (Status s = check_inputs(info, psk); !s) return s.error();
  if (shared_secret.size() != suite.kem().params().nsecret) {
    return Error{Errc::invalid_argument, "a KEM shared secret must be Nsecret bytes"};
  }
  auto scheduled = ScheduledContext<OpenSequence>::create(suite, mode_of(psk, false),
                                                          shared_secret.view(), info, psk);
  if (!scheduled) return scheduled.error();
  return RecipientContext(std::move(scheduled->sequence), std::move(scheduled->exporter));
}

std::size_t RecipientContext::opened_size(std::size_t ciphertext_size) const noexcept {
  return sequence_ ? sequence_->opened_size(ciphertext_size) : 0;
}

Result<std::size_t> RecipientContext::open(ByteSpan out, ByteView aad,
                                           ByteView ciphertext) noexcept {
  if (!sequence_) return kExportOnly;
  return sequence_->open(out, aad, ciphertext);
}

Result<OpenSequence> RecipientContext::take_sequence() noexcept {
  return core::take_sequence(sequence_, kExportOnly);
}

// RFC 9180 section 6.1: Seal<MODE> and Open<MODE>.
Result<std::size_t> seal(const CipherSuite& suite, ByteSpan enc, ByteSpan out,
                         const PublicKey& receiver, ByteView info, ByteView aad, ByteView plaintext,
                         const SenderMode& mode, Rng* rng) noexcept {
  const ByteView written = out.first(std::min(out.size(), plaintext.size() + suite.nt()));
  if (!apart(enc, {aad, plaintext, written})) return kEncOverlaps;
  if (!apart_or_at(written, plaintext, 0) || overlap(written, aad)) return kBadOverlap;
  Result<SenderContext> context = SenderContext::setup(suite, enc, receiver, info, mode, rng);
  if (!context) return context.error();
  return context->seal(out, aad, plaintext);
}

Result<std::size_t> open(const CipherSuite& suite, ByteSpan out, ByteView enc,
                         const PrivateKey& key, ByteView info, ByteView aad, ByteView ciphertext,
                         const RecipientMode& mode) noexcept {
  Result<RecipientContext> context = RecipientContext::setup(suite, enc, key, info, mode);
  if (!context) return context.error();
  return context->open(out, aad, ciphertext);
}

// RFC 9180 section 6.2: SendExport<MODE> and ReceiveExport<MODE>.
Status send_export(const CipherSuite& suite, ByteSpan enc, ByteSpan out, const PublicKey& receiver,
                   ByteView info, ByteView exporter_context, const SenderMode& mode,
                   Rng* rng) noexcept {
  if (!apart(enc, {out, exporter_context})) {
    wipe(out);
    return kEncOverlaps;
  }
  Result<SenderContext> context = SenderContext::setup(suite, enc, receiver, info, mode, rng);
  if (!context) {
    wipe(out);
    return context.error();
  }
  return context->exporter().export_secret(out, exporter_context);
}

Status receive_export(const CipherSuite& suite, ByteSpan out, ByteView enc, const PrivateKey& key,
                      ByteView info, ByteView exporter_context,
                      const RecipientMode& mode) noexcept {
  Result<RecipientContext> context = RecipientContext::setup(suite, enc, key, info, mode);
  if (!context) {
    wipe(out);
    return context.error();
  }
  return context->exporter().export_secret(out, exporter_context);
}

}  // namespace twoway::core
