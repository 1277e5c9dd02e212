#include "wrapping.hpp"

#include <algorithm>

namespace twoway::test {

core::Status FixedEphemeralGroup::ephemeral_dh(core::DhSecret& secret, core::ByteSpan enc,
                                               const core::PublicKey& peer) const noexcept {
  auto key = inner_.import_private(sk_);
  if (!key) return key.error();
  std::ranges::copy((*key)->public_key(), enc.begin());
  return (*key)->dh(secret, peer);
}

}  // namespace twoway::test
