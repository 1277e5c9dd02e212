#include "contract.hpp"
#include "faulty_key.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

struct Encapsulated {
  Bytes enc;
  Bytes shared_secret;
  friend bool operator==(const Encapsulated&, const Encapsulated&) = default;
};

Encapsulated encap(const Kem& kem, const PublicKey& receiver, Rng* rng = nullptr) {
  Encapsulated made{Bytes(kem.params().nenc), {}};
  SharedSecret shared_secret;
  REQUIRE_OK(kem.encap(shared_secret, made.enc, receiver, rng));
  made.shared_secret = copy(shared_secret.view());
  REQUIRE(made.shared_secret.size() == kem.params().nsecret);
  return made;
}

Encapsulated auth_encap(const Kem& kem, const PublicKey& receiver, const PrivateKey& sender,
                        Rng* rng = nullptr) {
  Encapsulated made{Bytes(kem.params().nenc), {}};
  SharedSecret shared_secret;
  REQUIRE_OK(kem.auth_encap(shared_secret, made.enc, receiver, sender, rng));
  made.shared_secret = copy(shared_secret.view());
  return made;
}

Bytes decap(const Kem& kem, const PrivateKey& key, ByteView enc) {
  SharedSecret shared_secret;
  REQUIRE_OK(kem.decap(shared_secret, enc, key));
  return copy(shared_secret.view());
}

Bytes auth_decap(const Kem& kem, const PrivateKey& key, ByteView enc, const PublicKey& sender) {
  SharedSecret shared_secret;
  REQUIRE_OK(kem.auth_decap(shared_secret, enc, key, sender));
  return copy(shared_secret.view());
}

/// Calls `use(secret)` with a non-empty secret, which the call must empty.
template <typename Secret, typename Use>
void refused(Errc expected, Use use) {
  Secret secret;
  secret.assign(Bytes(32, 0xa5));
  const Status status = use(secret);
  REQUIRE_ERRC(status, expected);
  REQUIRE(secret.empty());
}

}  // namespace

TEST_CASE("KEMs: both sides get the same secret") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem, 1);
    const auto sender = key_of(kem, 2);
    const auto pk = public_of(kem, *key);
    const auto sender_pk = public_of(kem, *sender);
    const Encapsulated first = encap(kem, *pk);
    const Encapsulated second = encap(kem, *pk);
    REQUIRE(first.enc != second.enc);
    REQUIRE(first.shared_secret != second.shared_secret);
    REQUIRE(decap(kem, *key, first.enc) == first.shared_secret);
    REQUIRE(decap(kem, *key, second.enc) == second.shared_secret);
    REQUIRE(decap(kem, *sender, first.enc) != first.shared_secret);
    const Encapsulated auth = auth_encap(kem, *pk, *sender);
    REQUIRE(auth_decap(kem, *key, auth.enc, *sender_pk) == auth.shared_secret);
    REQUIRE(auth_decap(kem, *key, auth.enc, *pk) != auth.shared_secret);
    REQUIRE(decap(kem, *key, auth.enc) != auth.shared_secret);
    // Public keys for either party that no group of this provider made.
    const ForeignPublicKey foreign(key->public_key());
    const ForeignPublicKey foreign_sender(sender->public_key());
    const Encapsulated abroad = auth_encap(kem, foreign, *sender);
    REQUIRE(auth_decap(kem, *key, abroad.enc, foreign_sender) == abroad.shared_secret);
  });
}

TEST_CASE("KEMs: an injected generator decides the encapsulation") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const std::size_t nsk = kem.params().nsk;
    const auto key = key_of(kem, 1);
    const auto sender = key_of(kem, 2);
    const auto pk = public_of(kem, *key);
    FixedRng rng(pattern(3 * nsk, 3));
    FixedRng again(pattern(3 * nsk, 3));
    const Encapsulated first = encap(kem, *pk, &rng);
    REQUIRE(rng.left() == 2 * nsk);
    REQUIRE(first == encap(kem, *pk, &again));
    REQUIRE_FALSE(first == encap(kem, *pk, &rng));
    REQUIRE(decap(kem, *key, first.enc) == first.shared_secret);
    // RFC 9180 section 4: the ephemeral key is DeriveKeyPair of the random bytes.
    const auto ephemeral = kem.derive_key_pair(ByteView(pattern(3 * nsk, 3)).first(nsk));
    REQUIRE_OK(ephemeral);
    REQUIRE(copy((*ephemeral)->public_key()) == first.enc);
    FixedRng auth_rng(pattern(nsk, 4));
    const Encapsulated auth = auth_encap(kem, *pk, *sender, &auth_rng);
    REQUIRE(auth_rng.left() == 0);
    REQUIRE(auth_decap(kem, *key, auth.enc, *public_of(kem, *sender)) == auth.shared_secret);
  });
}

TEST_CASE("KEMs: a generator that fails is the provider's failure") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem, 1);
    const auto pk = public_of(kem, *key);
    Bytes enc(kem.params().nenc);
    FixedRng short_by_one(Bytes(kem.params().nsk - 1));
    refused<SharedSecret>(Errc::provider_failure, [&](SharedSecret& secret) {
      return kem.encap(secret, enc, *pk, &short_by_one);
    });
    refused<SharedSecret>(Errc::provider_failure, [&](SharedSecret& secret) {
      return kem.auth_encap(secret, enc, *pk, *key, &short_by_one);
    });
  });
}

TEST_CASE("KEMs: DeriveKeyPair is deterministic and asks for Nsk bytes") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const std::size_t nsk = kem.params().nsk;
    PrivateKeyBytes sk;
    REQUIRE_OK(kem.derive_private(sk, pattern(nsk, 1)));
    REQUIRE(sk.size() == nsk);
    const auto imported = kem.import_private(sk.view());
    REQUIRE_OK(imported);
    REQUIRE(copy((*imported)->public_key()) == copy(key_of(kem, 1)->public_key()));
    REQUIRE((*imported)->public_key().size() == kem.params().npk);
    REQUIRE((*imported)->kem_id() == kem.params().id);
    REQUIRE_OK(kem.derive_private(sk, pattern(nsk + 50, 1)));
    refused<PrivateKeyBytes>(Errc::invalid_argument, [&](PrivateKeyBytes& out) {
      return kem.derive_private(out, Bytes(nsk - 1, 1));
    });
    REQUIRE_ERRC(kem.derive_key_pair(Bytes(nsk - 1, 1)), Errc::invalid_argument);
    const auto a = kem.generate_key_pair();
    const auto b = kem.generate_key_pair();
    REQUIRE_OK(a);
    REQUIRE_OK(b);
    REQUIRE(copy((*a)->public_key()) != copy((*b)->public_key()));
  });
}

TEST_CASE("KEMs: enc must have its length") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem, 1);
    const auto pk = public_of(kem, *key);
    for (const std::size_t size : {std::size_t{0}, kem.params().nenc - 1, kem.params().nenc + 1}) {
      Bytes enc(size, 0xa5);
      refused<SharedSecret>(Errc::invalid_argument,
                            [&](SharedSecret& secret) { return kem.encap(secret, enc, *pk); });
      refused<SharedSecret>(Errc::invalid_argument, [&](SharedSecret& secret) {
        return kem.auth_encap(secret, enc, *pk, *key);
      });
      REQUIRE(enc == Bytes(size, 0xa5));
      refused<SharedSecret>(Errc::open_failed,
                            [&](SharedSecret& secret) { return kem.decap(secret, enc, *key); });
      refused<SharedSecret>(Errc::open_failed, [&](SharedSecret& secret) {
        return kem.auth_decap(secret, enc, *key, *pk);
      });
    }
  });
}

TEST_CASE("KEMs: the keys of another KEM are refused") {
  for_each_kem([](const Provider& provider, const Kem& kem) {
    const auto key = key_of(kem, 1);
    const auto pk = public_of(kem, *key);
    for (const KemParams& row : kem_table()) {
      const Result<Kem> other = Kem::find(provider, row.id);
      if (!other || row.id == kem.params().id) continue;
      INFO("with " << row.name);
      const auto other_key = key_of(*other, 2);
      Bytes enc(kem.params().nenc);
      refused<SharedSecret>(Errc::invalid_argument, [&](SharedSecret& secret) {
        return kem.decap(secret, enc, *other_key);
      });
      refused<SharedSecret>(Errc::invalid_argument, [&](SharedSecret& secret) {
        return kem.auth_encap(secret, enc, *pk, *other_key);
      });
      const auto other_pk = public_of(*other, *other_key);
      refused<SharedSecret>(Errc::invalid_key, [&](SharedSecret& secret) {
        return kem.encap(secret, enc, *other_pk);
      });
      const Encapsulated good = encap(kem, *pk);
      refused<SharedSecret>(Errc::invalid_key, [&](SharedSecret& secret) {
        return kem.auth_decap(secret, good.enc, *key, *other_pk);
      });
      // A key refuses an encapsulation that another KEM has checked.
      const Encapsulation valid = encapsulation(kem, good.enc);
      refused<SharedSecret>(Errc::invalid_argument, [&](SharedSecret& secret) {
        return other_key->decap(secret, *other, valid);
      });
      refused<SharedSecret>(Errc::invalid_argument, [&](SharedSecret& secret) {
        return other->shared_secret_from_dh(secret, {}, valid, other_key->public_key());
      });
    }
  });
}

TEST_CASE("KEMs: a secret computed elsewhere finishes decapsulation") {
  for_each_kem([](const Provider& provider, const Kem& kem) {
    const auto key = key_of(kem, 1);
    const auto pk = public_of(kem, *key);
    const Encapsulated made = encap(kem, *pk);
    const DhGroup& group = *provider.dh(find_dhkem(kem.params().id)->dh);
    PrivateKeyBytes sk;
    REQUIRE_OK(kem.derive_private(sk, pattern(kem.params().nsk, 1)));
    const auto dh_key = group.import_private(sk.view());
    const auto peer = group.import_public(made.enc);
    REQUIRE_OK(dh_key);
    REQUIRE_OK(peer);
    DhSecret dh;
    REQUIRE_OK((*dh_key)->dh(dh, **peer));
    SharedSecret secret;
    const Encapsulation enc = encapsulation(kem, made.enc);
    REQUIRE(copy(enc.peer()->bytes()) == made.enc);
    REQUIRE_OK(kem.shared_secret_from_dh(secret, dh, enc, key->public_key()));
    REQUIRE(copy(secret.view()) == made.shared_secret);
    const std::size_t ndh = group.params().ndh;
    std::vector<Bytes> wrong{Bytes{}, Bytes(ndh - 1, 1), Bytes(ndh + 1, 1)};
    if (group.params().refuse_zero) wrong.push_back(Bytes(ndh));
    for (const Bytes& bad : wrong) {
      refused<SharedSecret>(Errc::key_unavailable, [&](SharedSecret& out) {
        return kem.shared_secret_from_dh(out, secret_of<DhSecret>(bad), enc, key->public_key());
      });
    }
  });
}

TEST_CASE("KEMs: a key that fails is unavailable, with its own code") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const auto good = key_of(kem, 1);
    const auto pk = public_of(kem, *good);
    const Encapsulated made = encap(kem, *pk);
    Bytes enc(kem.params().nenc);
    const bool refuse_zero = find_dh(find_dhkem(kem.params().id)->dh)->refuse_zero;
    for (const Fault fault : kFaults) {
      if (fault == Fault::zero_result && !refuse_zero) continue;  // a true result of a NIST curve
      INFO("fault " << static_cast<int>(fault));
      const FaultyKey key(*good, fault);
      const auto unavailable = [&](auto use) {
        refused<SharedSecret>(Errc::key_unavailable, [&](SharedSecret& secret) {
          const Status status = use(secret);
          if (!status) REQUIRE(status.error().native == native_code(fault));
          return status;
        });
      };
      unavailable([&](SharedSecret& s) { return kem.decap(s, made.enc, key); });
      unavailable([&](SharedSecret& s) { return kem.auth_decap(s, made.enc, key, *pk); });
      unavailable([&](SharedSecret& s) { return kem.auth_encap(s, enc, *pk, key); });
      const FaultySender sender(*good, fault);
      unavailable([&](SharedSecret& s) { return kem.auth_encap(s, enc, *pk, sender); });
      // A forged message is refused before the key is asked.
      refused<SharedSecret>(Errc::open_failed, [&](SharedSecret& secret) {
        return kem.decap(secret, Bytes(kem.params().nenc), key);
      });
    }
  });
}

TEST_CASE("KEMs: keys without an authenticated mode say so") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const auto good = key_of(kem, 1);
    const auto pk = public_of(kem, *good);
    const BaseOnlyKey key(*good);
    const Encapsulated made = encap(kem, *pk);
    REQUIRE(decap(kem, key, made.enc) == made.shared_secret);
    refused<SharedSecret>(Errc::not_supported, [&](SharedSecret& secret) {
      return kem.auth_decap(secret, made.enc, key, *pk);
    });
    Bytes enc(kem.params().nenc);
    refused<SharedSecret>(Errc::not_supported, [&](SharedSecret& secret) {
      return kem.auth_encap(secret, enc, *pk, key);
    });
  });
}

TEST_CASE("KEMs of all providers agree, and take each other's keys", "[agree]") {
  for_each_kem([](const Provider& provider, const Kem& kem) {
    const std::size_t nsk = kem.params().nsk;
    const auto key = key_of(kem, 1);
    const auto sender = key_of(kem, 2);
    const auto pk = public_of(kem, *key);
    const auto sender_pk = public_of(kem, *sender);
    for (const Provider* other : twoway::built::providers()) {
      const Result<Kem> same = Kem::find(*other, kem.params().id);
      if (!same || other == &provider) continue;
      INFO("with " << other->name());
      const auto other_key = key_of(*same, 1);
      const auto other_sender = key_of(*same, 2);
      REQUIRE(copy(other_key->public_key()) == copy(key->public_key()));
      FixedRng a(pattern(nsk, 9)), b(pattern(nsk, 9)), c(pattern(nsk, 9)), d(pattern(nsk, 9));
      const Encapsulated made = encap(kem, *pk, &a);
      REQUIRE(made == encap(*same, *pk, &b));
      const Encapsulated auth = auth_encap(kem, *pk, *other_sender, &c);
      REQUIRE(auth == auth_encap(*same, *pk, *sender, &d));
      // One provider's key, the other's KEM.
      for (const Kem* used : {&kem, &*same}) {
        for (const PrivateKey* with : {key.get(), other_key.get()}) {
          REQUIRE(decap(*used, *with, made.enc) == made.shared_secret);
          REQUIRE(auth_decap(*used, *with, auth.enc, *sender_pk) == auth.shared_secret);
        }
      }
    }
  });
}
