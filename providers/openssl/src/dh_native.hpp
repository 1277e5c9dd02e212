// Diffie-Hellman with EVP_PKEYs, for software keys and opaque keys.
#pragma once

#include <array>

#include <twoway/core/key.hpp>
#include <twoway/core/suite.hpp>

#include "native.hpp"

namespace twoway::openssl {

/// OpenSSL's names of one group. `type` names the key type by its OID. `group` is null for X25519
/// and X448, which are types themselves.
struct GroupNames {
  core::DhId id;
  const char* type;
  const char* group;
  const char* exchange;
  int nid;
};

/// Returns the row for `id`. Every DhId has one.
const GroupNames& group_names(core::DhId id) noexcept;

/// A serialised public key, inline.
struct PublicBytes {
  std::array<std::uint8_t, 133> bytes{};
  std::size_t size = 0;
  core::ByteView view() const noexcept { return {bytes.data(), size}; }
};

/// SerializePublicKey of `key`: exactly `out.size()` bytes, else false.
bool read_public(EVP_PKEY* key, core::ByteSpan out) noexcept;

/// The properties that an EVP_PKEY shows.
struct PublicHalf {
  const core::DhParams* params;
  PublicBytes pk;
};

/// Returns the group and public half of `key`. Fails with not_supported for a key of no row, and
/// with key_unavailable without a public half.
core::Result<PublicHalf> public_half(EVP_PKEY* key) noexcept;

/// DH(key, peer) by the key's own OpenSSL provider, which also builds the peer, because it may
/// accept no other. Errors, while OpenSSL's queue says why:
///   key_unavailable
core::Status opaque_dh(core::DhSecret& secret, EVP_PKEY* key, const core::DhParams& params,
                       core::ByteView peer, const Options& where) noexcept;

/// The raw result of `context`, a derive context whose peer is set, of exactly `ndh` bytes.
bool derive(EVP_PKEY_CTX* context, core::DhSecret& secret, std::size_t ndh) noexcept;

}  // namespace twoway::openssl
