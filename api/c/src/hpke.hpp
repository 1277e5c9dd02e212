// The arguments of HPKE's set-ups, for contexts and single-shot functions alike.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>

#include <twoway/core/hpke.hpp>

#include "call.hpp"
#include "handles.hpp"

namespace twoway::c {

/// Bytes that a call reads and must not overwrite.
using Inputs = std::initializer_list<ByteView>;

inline Status apart(ByteView written, Inputs inputs) noexcept {
  const auto shared = [&](ByteView input) { return core::overlap(written, input); };
  return std::any_of(inputs.begin(), inputs.end(), shared) ? Status(core::kBadOverlap) : Status();
}

inline Result<core::CipherSuite> find_suite(const twoway_provider* provider,
                                            twoway_suite suite) noexcept {
  if (provider == nullptr) return kNull;
  return core::CipherSuite::find(*object(provider), suite_of(suite));
}

/// The PSK of either mode.
template <typename Mode>
Result<std::optional<core::Psk>> psk_of(const Mode& mode) noexcept {
  const Input psk{mode.psk, mode.psk_size};
  const Input psk_id{mode.psk_id, mode.psk_id_size};
  if (!psk.valid() || !psk_id.valid()) return kNull;
  if (psk.data == nullptr && psk_id.data == nullptr) return std::optional<core::Psk>();
  return std::optional(core::Psk{psk, psk_id});
}

/// The arguments of a sender's set-up, read.
struct Sending {
  core::CipherSuite suite;
  std::unique_ptr<PublicKey> receiver;
  core::SenderMode mode;
  Rng* rng;
  Input info;
  Input receiver_bytes;

  core::Psk psk() const noexcept { return mode.psk.value_or(core::Psk{}); }

  /// Returns the buffer for `enc`, once it and `out` are large enough, `out` for `size` bytes, and
  /// overlap no input of a set-up. If either is too small, both get their size.
  Result<ByteSpan> enc(const Output& enc, const Output& out, std::size_t size) const noexcept {
    const Status enc_room = enc.require(suite.nenc());
    const Status out_room = out.require(size);
    if (!enc_room || !out_room) {
      *enc.written = suite.nenc();
      *out.written = size;
      return enc_room ? out_room.error() : enc_room.error();
    }
    const ByteSpan to = enc.span().first(suite.nenc());
    if (Status s = unread(to); !s) return s.error();
    if (Status s = unread(out.span().first(size)); !s) return s.error();
    return to;
  }

  /// Refuses to write over the input of a set-up.
  Status unread(ByteView written) const noexcept {
    return apart(written, {info, receiver_bytes, psk().psk, psk().psk_id});
  }
};

inline Result<Sending> sending(const twoway_provider* provider, twoway_suite suite,
                               const Input& receiver, const Input& info,
                               const twoway_hpke_sender_mode* given,
                               const twoway_rng* rng) noexcept {
  if (!receiver.valid() || !info.valid()) return kNull;
  core::SenderMode mode;
  if (given != nullptr) {
    twoway_hpke_sender_mode known{};
    if (Status s = read_struct(known, given); !s) return s.error();
    const auto psk = psk_of(known);
    if (!psk) return psk.error();
    mode.psk = *psk;
    if (known.key != nullptr) mode.key = known.key->object.get();
  }
  const auto found = find_suite(provider, suite);
  if (!found) return found.error();
  auto key = found->kem().import_public(receiver);
  if (!key) return key.error();
  return Sending{*found, std::move(*key), mode, rng == nullptr ? nullptr : rng->object.get(),
                 info,   receiver};
}

/// The arguments of a recipient's set-up, read.
struct Receiving {
  core::CipherSuite suite;
  std::unique_ptr<PublicKey> sender;
  std::optional<core::Psk> psk;
  Input enc;
  Input info;
  Input sender_bytes;

  core::RecipientMode mode() const noexcept { return {psk, sender.get()}; }

  Status unread(ByteView written) const noexcept {
    const core::Psk used = psk.value_or(core::Psk{});
    return apart(written, {enc, info, sender_bytes, used.psk, used.psk_id});
  }
};

inline Result<Receiving> receiving(const twoway_provider* provider, twoway_suite suite,
                                   const Input& enc, const Input& info,
                                   const twoway_hpke_recipient_mode* given) noexcept {
  if (!enc.valid() || !info.valid()) return kNull;
  const auto found = find_suite(provider, suite);
  if (!found) return found.error();
  Receiving read{*found, nullptr, std::nullopt, enc, info, {}};
  if (given == nullptr) return read;
  twoway_hpke_recipient_mode known{};
  if (Status s = read_struct(known, given); !s) return s.error();
  const auto psk = psk_of(known);
  if (!psk) return psk.error();
  read.psk = *psk;
  read.sender_bytes = {known.sender, known.sender_size};
  if (!read.sender_bytes.valid()) return kNull;
  if (known.sender == nullptr) return read;
  auto key = found->kem().import_public(read.sender_bytes);
  if (!key) return key.error();
  read.sender = std::move(*key);
  return read;
}

}  // namespace twoway::c
