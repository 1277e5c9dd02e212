#include "key_schedule.hpp"

#include <cstring>

#include "labeled.hpp"

namespace twoway::core {
namespace {

/// Nk and Nn, of the AEAD itself because a provider's own has no row in the table. 0 in an
/// export-only suite.
struct AeadSizes {
  std::size_t nk = 0;
  std::size_t nn = 0;

  static AeadSizes of(const CipherSuite& suite) noexcept {
    if (suite.aead() == nullptr) return {};
    return {suite.aead()->params().nk, suite.aead()->params().nn};
  }
};

// RFC 9180 section 5.1, KeySchedule:
//   key = LabeledExpand(secret, "key", key_schedule_context, Nk)
//   base_nonce = LabeledExpand(secret, "base_nonce", key_schedule_context, Nn)
//   exporter_secret = LabeledExpand(secret, "exp", key_schedule_context, Nh)
Status two_stage(KeySchedule& out, const CipherSuite& suite, const KeyScheduleInput& input,
                 AeadSizes aead) noexcept {
  const Kdf& kdf = suite.kdf();
  KeyScheduleContext context;
  if (Status s = key_schedule_context(context, suite, input); !s) return s;
  Prk secret;
  if (Status s = key_schedule_secret(secret, suite, input); !s) return s;

  const auto expand = [&](ByteSpan to, std::string_view label) {
    return labeled_expand(kdf, to, secret.view(), suite.suite_id(), label, {context.view()});
  };
  if (aead.nk != 0) {
    if (Status s = expand(out.key.reset(aead.nk), "key"); !s) return s;
    if (Status s = expand(out.base_nonce.reset(aead.nn), "base_nonce"); !s) return s;
  }
  return expand(out.exporter_secret.reset(kdf.params().nh), "exp");
}

// draft-ietf-hpke-hpke, KeySchedule with a one-stage KDF:
//   secrets = concat(lengthPrefixed(psk), lengthPrefixed(shared_secret))
//   context = concat(mode, lengthPrefixed(psk_id), lengthPrefixed(info))
//   secret = LabeledDerive(secrets, "secret", context, Nk + Nn + Nh)
//   key = secret[:Nk]; base_nonce = secret[Nk:Nk+Nn]; exporter_secret = secret[Nk+Nn:]
Status one_stage(KeySchedule& out, const CipherSuite& suite, const KeyScheduleInput& input,
                 AeadSizes aead) noexcept {
  const Kdf& kdf = suite.kdf();
  const auto mode = static_cast<std::uint8_t>(input.mode);
  const auto psk_length = i2osp2(input.psk.size());
  const auto shared_secret_length = i2osp2(input.shared_secret.size());
  const auto psk_id_length = i2osp2(input.psk_id.size());
  const auto info_length = i2osp2(input.info.size());

  Secret<kMaxNk + kMaxNn + kMaxNh> secret;
  const std::size_t nh = kdf.params().nh;
  Status status = labeled_derive(
      kdf, secret.reset(aead.nk + aead.nn + nh),
      {psk_length, input.psk, shared_secret_length, input.shared_secret}, suite.suite_id(),
      "secret", {ByteView(&mode, 1), psk_id_length, input.psk_id, info_length, input.info});
  if (!status) return status;
  out.key.assign(secret.view().first(aead.nk));
  out.base_nonce.assign(secret.view().subspan(aead.nk, aead.nn));
  out.exporter_secret.assign(secret.view().last(nh));
  return {};
}

}  // namespace

// RFC 9180 section 5.1:
//   psk_id_hash = LabeledExtract("", "psk_id_hash", psk_id)
//   info_hash = LabeledExtract("", "info_hash", info)
//   key_schedule_context = concat(mode, psk_id_hash, info_hash)
Status key_schedule_context(KeyScheduleContext& context, const CipherSuite& suite,
                            const KeyScheduleInput& input) noexcept {
  const Kdf& kdf = suite.kdf();
  const std::size_t nh = kdf.params().nh;
  context.size = 1 + 2 * nh;
  context.bytes[0] = static_cast<std::uint8_t>(input.mode);

  Prk hash;
  ByteView psk_id_hash = suite.default_psk_id_hash();
  if (!input.psk_id.empty()) {
    Status s = labeled_extract(kdf, hash, suite.suite_id(), {}, "psk_id_hash", {input.psk_id});
    if (!s) return s;
    psk_id_hash = hash.view();
  }
  std::memcpy(&context.bytes[1], psk_id_hash.data(), nh);

  Status s = labeled_extract(kdf, hash, suite.suite_id(), {}, "info_hash", {input.info});
  if (!s) return s;
  std::memcpy(&context.bytes[1 + nh], hash.view().data(), nh);
  return {};
}

// RFC 9180 section 5.1: secret = LabeledExtract(shared_secret, "secret", psk)
Status key_schedule_secret(Prk& secret, const CipherSuite& suite,
                           const KeyScheduleInput& input) noexcept {
  return labeled_extract(suite.kdf(), secret, suite.suite_id(), input.shared_secret, "secret",
                         {input.psk});
}

Status key_schedule(KeySchedule& out, const CipherSuite& suite,
                    const KeyScheduleInput& input) noexcept {
  const AeadSizes aead = AeadSizes::of(suite);
  return suite.kdf().params().stages == KdfStages::two ? two_stage(out, suite, input, aead)
                                                       : one_stage(out, suite, input, aead);
}

// RFC 9180 section 5.3: LabeledExpand(exporter_secret, "sec", exporter_context, L);
// draft-ietf-hpke-hpke: LabeledDerive(exporter_secret, "sec", exporter_context, L).
Status export_from(ByteSpan out, const Kdf& kdf, ByteView suite_id, ByteView exporter_secret,
                   ByteView exporter_context) noexcept {
  if (kdf.params().stages == KdfStages::two) {
    return labeled_expand(kdf, out, exporter_secret, suite_id, "sec", {exporter_context});
  }
  return labeled_derive(kdf, out, {exporter_secret}, suite_id, "sec", {exporter_context});
}

}  // namespace twoway::core
