// Diffie-Hellman with EVP_PKEYs: what software and opaque keys share.
#pragma once

#include <array>

#include <twoway/core/key.hpp>
#include <twoway/core/suite.hpp>

#include "native.hpp"

namespace twoway::openssl {

/// OpenSSL's names of one group. `group` is null for X25519 and X448, which are types themselves.
struct GroupNames {
  core::DhId id;
  const char* type;
  const char* group;
  const char* exchange;
  int nid;
};

/// The row for `id`; every DhId has one.
const GroupNames& group_names(core::DhId id) noexcept;

/// A serialised public key, inline.
struct PublicBytes {
  std::array<std::uint8_t, 133> bytes{};
  std::size_t size = 0;
  core::ByteView view() const noexcept { return {bytes.data(), size}; }
};

/// SerializePublicKey of `key`: exactly `out.size()` bytes, else false.
bool read_public(EVP_PKEY* key, core::ByteSpan out) noexcept;

/// The raw result of `context`, a derive context whose peer is set, of exactly `ndh` bytes.
bool derive(EVP_PKEY_CTX* context, core::DhSecret& secret, std::size_t ndh) noexcept;

}  // namespace twoway::openssl
