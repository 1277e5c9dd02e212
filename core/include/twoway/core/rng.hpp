// The interface of a random generator.
//
// Who needs it: providers, and applications with a random generator of their own.
#pragma once

#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>

namespace twoway::core {

/// A source of uniformly random bytes. A provider's own is thread-safe.
class TWOWAY_INTERFACE Rng {
 public:
  virtual ~Rng() = default;

  /// Fills all of `out`, or fails with provider_failure and leaves `out` wiped.
  virtual Status fill(ByteSpan out) noexcept = 0;
};

}  // namespace twoway::core
