// Every post-quantum KEM that tests can use: those of a library, and those that a stand-in for
// ML-KEM gives with its other parts.
#pragma once

#include <twoway/core/hybrid_kem.hpp>
#include <twoway/core/kem.hpp>

#include "ml_kem_stand_in.hpp"
#include "support.hpp"

namespace twoway::test {

/// Calls `test(provider, kem)` for each post-quantum KEM that a provider's own library offers, and
/// for each that is a stand-in for ML-KEM, or a hybrid of one. The provider offers `aead`.
template <typename Test>
void for_each_post_quantum(core::AeadId aead, Test test) {
  for (const core::Provider* inner : built::providers()) {
    if (inner->aead(aead) == nullptr) continue;
    const StandInProvider stand_in(*inner);
    for (const core::KemParams& row : core::pq_kem_table()) {
      INFO(inner->name() << ' ' << row.name);
      if (const auto kem = core::Kem::find(*inner, row.id)) test(*inner, *kem);
      if (!has_sha3(*inner)) continue;
      if (const auto kem = core::Kem::find(stand_in, row.id)) test(stand_in, *kem);
    }
  }
}

/// As above, for the hybrids among them.
template <typename Test>
void for_each_hybrid(core::AeadId aead, Test test) {
  for_each_post_quantum(aead, [&test](const core::Provider& provider, const core::Kem& kem) {
    if (core::find_hybrid_kem(kem.params().id) != nullptr) test(provider, kem);
  });
}

}  // namespace twoway::test
