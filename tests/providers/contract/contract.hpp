// Helpers for the contract tests: loops over all algorithms of every provider, and input for them.
#pragma once

#include <twoway/core/kem.hpp>

#include "support.hpp"

namespace twoway::test {

/// Calls `use(provider, algorithm)` for each algorithm that each provider of this build offers,
/// with both names in the messages of failed assertions.
template <typename Row, typename Lookup, typename Use>
void for_each_offered(std::span<const Row> table, Lookup lookup, Use use) {
  for (const core::Provider* provider : built::providers()) {
    for (const Row& row : table) {
      const auto* algorithm = lookup(*provider, row);
      if (algorithm == nullptr) continue;
      INFO(provider->name() << ' ' << row.name);
      use(*provider, *algorithm);
    }
  }
}

template <typename Use>
void for_each_aead(Use use) {
  const auto lookup = [](const core::Provider& p, const auto& row) { return p.aead(row.id); };
  for_each_offered(core::aead_table(), lookup, use);
}

template <typename Use>
void for_each_kdf(Use use) {
  const auto lookup = [](const core::Provider& p, const auto& row) { return p.kdf(row.id); };
  for_each_offered(core::kdf_table(), lookup, use);
}

template <typename Use>
void for_each_group(Use use) {
  const auto lookup = [](const core::Provider& p, const auto& row) { return p.dh(row.id); };
  for_each_offered(core::dh_table(), lookup, use);
}

template <typename Use>
void for_each_kem(Use use) {
  for (const core::Provider* provider : built::providers()) {
    for (const core::KemParams& row : core::kem_table()) {
      const core::Result<core::Kem> kem = core::Kem::find(*provider, row.id);
      if (!kem) continue;
      INFO(provider->name() << ' ' << row.name);
      use(*provider, *kem);
    }
  }
}

/// `size` bytes that differ by `seed`, the same on every run.
inline core::Bytes pattern(std::size_t size, std::uint32_t seed) {
  core::Bytes bytes(size);
  std::uint32_t state = seed * 2654435761U + 1;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

inline bool is_zero(core::ByteView bytes) {
  for (const std::uint8_t byte : bytes) {
    if (byte != 0) return false;
  }
  return true;
}

/// A public key that was made by no provider's group, so keys must read it through its bytes.
class ForeignPublicKey final : public core::PublicKey {
 public:
  explicit ForeignPublicKey(core::ByteView bytes) : bytes_(copy(bytes)) {}
  core::ByteView bytes() const noexcept override { return bytes_; }
  const void* maker() const noexcept override { return this; }

 private:
  core::Bytes bytes_;
};

/// Derives a key pair of `kem` from `seed`, the same in every test.
inline std::unique_ptr<core::PrivateKey> key_of(const core::Kem& kem, std::uint32_t seed) {
  auto key = kem.derive_key_pair(pattern(kem.params().nsk, seed));
  REQUIRE_OK(key);
  return std::move(*key);
}

inline std::unique_ptr<core::PublicKey> public_of(const core::Kem& kem,
                                                  const core::PrivateKey& key) {
  auto pk = kem.import_public(key.public_key());
  REQUIRE_OK(pk);
  return std::move(*pk);
}

}  // namespace twoway::test
