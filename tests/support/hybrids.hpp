// Every hybrid KEM that tests can use: one of a library, or its other parts with a stand-in for
// ML-KEM.
#pragma once

#include <twoway/core/hybrid_kem.hpp>
#include <twoway/core/kem.hpp>

#include "ml_kem_stand_in.hpp"
#include "support.hpp"

namespace twoway::test {

/// Calls `test(provider, kem)` for each hybrid that a provider's own library offers, or its other
/// parts with a stand-in for ML-KEM. The provider offers `aead`.
template <typename Test>
void for_each_hybrid(core::AeadId aead, Test test) {
  for (const core::Provider* inner : built::providers()) {
    if (!has_sha3(*inner) || inner->aead(aead) == nullptr) continue;
    const StandInProvider stand_in(*inner);
    for (const core::KemParams& row : core::pq_kem_table()) {
      if (core::find_hybrid_kem(row.id) == nullptr) continue;
      INFO(inner->name() << ' ' << row.name);
      if (const auto kem = core::Kem::find(*inner, row.id)) test(*inner, *kem);
      if (const auto kem = core::Kem::find(stand_in, row.id)) test(stand_in, *kem);
    }
  }
}

}  // namespace twoway::test
