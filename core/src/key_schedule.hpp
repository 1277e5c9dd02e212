// The key schedule (RFC 9180 section 5.1, and draft-ietf-hpke-hpke for one-stage KDFs).
#pragma once

#include <array>

#include <twoway/core/hpke.hpp>

namespace twoway::core {

enum class Mode : std::uint8_t { base = 0, psk = 1, auth = 2, auth_psk = 3 };

struct KeyScheduleInput {
  Mode mode;
  ByteView shared_secret;
  ByteView info;
  ByteView psk;     // empty in the modes base and auth
  ByteView psk_id;  // empty in those modes too
};

struct KeySchedule {
  AeadKey key;           // Nk bytes, empty in an export-only suite
  AeadNonce base_nonce;  // Nn bytes, empty in an export-only suite
  Prk exporter_secret;   // Nh bytes
};

/// mode || psk_id_hash || info_hash, for two-stage KDFs only.
struct KeyScheduleContext {
  std::array<std::uint8_t, 1 + 2 * kMaxNh> bytes{};
  std::size_t size = 0;
  ByteView view() const noexcept { return {bytes.data(), size}; }
};

Status key_schedule_context(KeyScheduleContext& context, const CipherSuite& suite,
                            const KeyScheduleInput& input) noexcept;

/// `secret` of the key schedule, for two-stage KDFs only.
Status key_schedule_secret(Prk& secret, const CipherSuite& suite,
                           const KeyScheduleInput& input) noexcept;

/// KeySchedule<ROLE>. The input obeys the PSK and length rules already.
Status key_schedule(KeySchedule& out, const CipherSuite& suite,
                    const KeyScheduleInput& input) noexcept;

/// Context.Export: fills `out`, whose length was checked.
Status export_from(ByteSpan out, const Kdf& kdf, ByteView suite_id, ByteView exporter_secret,
                   ByteView exporter_context) noexcept;

}  // namespace twoway::core
