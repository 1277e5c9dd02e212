// Keys and results of Diffie-Hellman groups.
#pragma once

#include "contract.hpp"

namespace twoway::test {

using namespace core;

inline Bytes dh(const DhPrivateKey& key, const PublicKey& peer) {
  DhSecret secret;
  REQUIRE_OK(key.dh(secret, peer));
  return copy(secret.view());
}

inline std::unique_ptr<DhPrivateKey> private_of(const DhGroup& group, std::uint32_t seed) {
  Bytes sk = pattern(group.params().nsk, seed);
  if (!group.params().order.empty()) sk[0] = 0;  // below the order of every NIST curve
  auto key = group.import_private(sk);
  REQUIRE_OK(key);
  return std::move(*key);
}

inline std::unique_ptr<PublicKey> public_of(const DhGroup& group, ByteView pk) {
  auto key = group.import_public(pk);
  REQUIRE_OK(key);
  return std::move(*key);
}

inline const DhGroup& group_of(const Provider& provider, const Kem& kem) {
  return *provider.dh(find_dhkem(kem.params().id)->dh);
}

inline bool nist(const DhGroup& group) { return !group.params().order.empty(); }

}  // namespace twoway::test
