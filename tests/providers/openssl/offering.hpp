// The algorithms that an OpenSSL provider offers, each checked.
#pragma once

#include <twoway/core/hpke.hpp>
#include <twoway/core/self_check.hpp>
#include <twoway/openssl.hpp>

#include "support.hpp"

namespace twoway::test {

using namespace twoway::core;

struct Offering {
  std::size_t groups = 0, kdfs = 0, aeads = 0;
  friend bool operator==(const Offering&, const Offering&) = default;
};

/// Checks each algorithm that is offered, and returns their number.
inline Offering offering(const Provider& provider) {
  Offering found;
  for (const DhParams& row : dh_table()) {
    if (const DhGroup* group = provider.dh(row.id)) {
      REQUIRE_OK(self_check(*group));
      ++found.groups;
    }
  }
  for (const KdfParams& row : kdf_table()) {
    if (const Kdf* kdf = provider.kdf(row.id)) {
      REQUIRE_OK(self_check(*kdf));
      ++found.kdfs;
    }
  }
  for (const AeadParams& row : aead_table()) {
    if (const Aead* aead = provider.aead(row.id)) {
      REQUIRE_OK(self_check(*aead));
      ++found.aeads;
    }
  }
  REQUIRE_OK(self_check(provider.rng()));
  return found;
}

inline const Offering kAll{5, 5, 3};

inline void carries_a_message(const Provider& provider, Suite id) {
  const auto suite = CipherSuite::find(provider, id);
  REQUIRE_OK(suite);
  const auto key = suite->kem().generate_key_pair();
  REQUIRE_OK(key);
  const auto pk = suite->kem().import_public((*key)->public_key());
  REQUIRE_OK(pk);
  Bytes enc(suite->nenc());
  auto sender = SenderContext::setup(*suite, enc, **pk, {});
  REQUIRE_OK(sender);
  auto recipient = RecipientContext::setup(*suite, enc, **key, {});
  REQUIRE_OK(recipient);
  Bytes sealed(sender->sealed_size(5)), opened(5);
  REQUIRE_OK(sender->seal(sealed, {}, as_bytes("hello")));
  REQUIRE_OK(recipient->open(opened, {}, sealed));
  REQUIRE(opened == copy(as_bytes("hello")));
}

}  // namespace twoway::test
