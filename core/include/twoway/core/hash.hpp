// The interface of a hash function.
//
// Who needs it: providers.
#pragma once

#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>
#include <twoway/core/export.hpp>

namespace twoway::core {

/// SHA3-256 (FIPS 202) of a provider, by which hybrid KEMs combine their secrets. Thread-safe.
/// Lives as long as its provider.
class TWOWAY_INTERFACE Hash {
 public:
  virtual ~Hash() = default;

  /// Writes the digest of the gathered `in` to `out`, which has 32 bytes and is disjoint from it.
  /// Keeps nothing of `in`, which may be secret. After a failure `out` is wiped.
  ///
  /// Errors:
  ///   provider_failure  the library failed
  virtual Status digest(ByteSpan out, Gather in) const noexcept = 0;
};

}  // namespace twoway::core
