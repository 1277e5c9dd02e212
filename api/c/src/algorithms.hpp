// Lists of pairs of a KDF and an AEAD.
#pragma once

#include <vector>

#include <twoway/c/types.h>

#include "call.hpp"

namespace twoway::c {

/// The most pairs that a key configuration has room for (RFC 9458 section 3.1).
inline constexpr std::size_t kMaxPairs = 65535 / 4;

inline Result<std::vector<SymmetricAlgorithms>> algorithms_of(
    const twoway_symmetric_algorithms* given, std::size_t count) noexcept {
  if (given == nullptr && count != 0) return kNull;
  if (count > kMaxPairs) {
    return Error{Errc::invalid_argument, "a key configuration has room for 16383 pairs"};
  }
  std::vector<SymmetricAlgorithms> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    pairs.push_back({core::KdfId{given[i].kdf}, core::AeadId{given[i].aead}});
  }
  return pairs;
}

}  // namespace twoway::c
