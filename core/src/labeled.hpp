// The labeled KDF functions (RFC 9180 section 4, and draft-ietf-hpke-hpke for LabeledDerive).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <twoway/core/kdf.hpp>

namespace twoway::core {

inline std::array<std::uint8_t, 2> i2osp2(std::size_t n) noexcept {
  return {static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)};
}

/// suite_id = concat("KEM", I2OSP(kem_id, 2)) (RFC 9180 section 4.1)
struct KemSuiteId {
  explicit KemSuiteId(KemId id) noexcept {
    const auto number = i2osp2(static_cast<std::size_t>(id));
    bytes = {'K', 'E', 'M', number[0], number[1]};
  }
  std::array<std::uint8_t, 5> bytes;
};

/// Inputs in the order of their concatenation. The views must outlive the call that reads them.
using Inputs = std::initializer_list<ByteView>;

/// LabeledExtract(salt, label, ikm)
Status labeled_extract(const Kdf& kdf, Prk& prk, ByteView suite_id, ByteView salt,
                       std::string_view label, Inputs ikm) noexcept;

/// LabeledExpand(prk, label, info, out.size())
Status labeled_expand(const Kdf& kdf, ByteSpan out, ByteView prk, ByteView suite_id,
                      std::string_view label, Inputs info) noexcept;

/// LabeledDerive(ikm, label, context, out.size())
Status labeled_derive(const Kdf& kdf, ByteSpan out, Inputs ikm, ByteView suite_id,
                      std::string_view label, Inputs context) noexcept;

}  // namespace twoway::core
