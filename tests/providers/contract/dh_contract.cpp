#include <algorithm>
#include <vector>

#include <twoway/core/self_check.hpp>

#include "groups.hpp"

using namespace twoway::core;
using namespace twoway::test;

TEST_CASE("groups give the known answers") {
  for_each_group([](const Provider&, const DhGroup& group) { REQUIRE_OK(self_check(group)); });
}

TEST_CASE("Diffie-Hellman is symmetric and deterministic") {
  for_each_group([](const Provider&, const DhGroup& group) {
    for (std::uint32_t seed = 1; seed < 10; ++seed) {
      const auto a = private_of(group, seed);
      const auto b = private_of(group, seed + 100);
      const auto pk_a = public_of(group, a->public_key());
      const auto pk_b = public_of(group, b->public_key());
      REQUIRE(pk_a->maker() == &group);
      REQUIRE(copy(pk_a->bytes()) == copy(a->public_key()));
      const Bytes secret = dh(*a, *pk_b);
      REQUIRE(secret.size() == group.params().ndh);
      REQUIRE(secret == dh(*b, *pk_a));
      REQUIRE(secret == dh(*a, *pk_b));
      REQUIRE(secret != dh(*a, *pk_a));
      REQUIRE(copy(private_of(group, seed)->public_key()) == copy(a->public_key()));
      REQUIRE(a->kem_id() == group.params().kem);
    }
  });
}

TEST_CASE("ephemeral keys are fresh, and agree with the receiver") {
  for_each_group([](const Provider&, const DhGroup& group) {
    const auto receiver = private_of(group, 1);
    const auto pk = public_of(group, receiver->public_key());
    std::vector<Bytes> seen;
    for (int i = 0; i < 20; ++i) {
      DhSecret secret;
      Bytes enc(group.params().npk);
      REQUIRE_OK(group.ephemeral_dh(secret, enc, *pk));
      REQUIRE(dh(*receiver, *public_of(group, enc)) == copy(secret.view()));
      REQUIRE(std::find(seen.begin(), seen.end(), enc) == seen.end());
      seen.push_back(enc);
    }
    DhSecret secret;
    secret.assign(Bytes(32, 1));
    Bytes enc(group.params().npk);
    const ForeignPublicKey foreign(pk->bytes());
    REQUIRE_ERRC(group.ephemeral_dh(secret, enc, foreign), Errc::invalid_argument);
    REQUIRE(secret.empty());
    secret.assign(Bytes(32, 1));
    Bytes small(enc.size() - 1);
    REQUIRE_ERRC(group.ephemeral_dh(secret, small, *pk), Errc::invalid_argument);
    REQUIRE(secret.empty());
  });
}

TEST_CASE("keys use a public key of any maker", "[agree]") {
  for_each_group([](const Provider&, const DhGroup& group) {
    const auto key = private_of(group, 1);
    const auto peer = private_of(group, 2);
    const Bytes secret = dh(*key, *public_of(group, peer->public_key()));
    REQUIRE(dh(*key, ForeignPublicKey(peer->public_key())) == secret);
    for (const Provider* other : twoway::built::providers()) {
      const DhGroup* same = other->dh(group.params().id);
      if (same == nullptr) continue;
      INFO("with " << other->name());
      const auto pk = public_of(*same, private_of(*same, 2)->public_key());
      REQUIRE(copy(pk->bytes()) == copy(peer->public_key()));
      REQUIRE(dh(*key, *pk) == secret);
      REQUIRE(dh(*private_of(*same, 1), *pk) == secret);
    }
    // Input that core's checks would have refused leaves no secret behind either.
    DhSecret out;
    out.assign(Bytes(32, 1));
    const ForeignPublicKey too_short(ByteView(peer->public_key()).first(8));
    REQUIRE_FALSE(key->dh(out, too_short).ok());
    REQUIRE(out.empty());
  });
}

TEST_CASE("X25519 and X448 values that are not reduced equal the reduced ones") {
  for_each_kem([](const Provider& provider, const Kem& kem) {
    const DhGroup& group = group_of(provider, kem);
    if (nist(group)) return;
    const auto key = private_of(group, 1);
    const auto equal = [&](const Bytes& value, const Bytes& reduced) {
      INFO("value " << hex(value));
      const auto peer = kem.import_public(value);
      REQUIRE_OK(peer);
      REQUIRE(copy((*peer)->bytes()) == value);
      REQUIRE(dh(*key, **peer) == dh(*key, *public_of(group, reduced)));
      // enc enters kem_context as it was received, so these two are different encapsulations.
      SharedSecret from_value, from_reduced;
      REQUIRE_OK(kem.decap(from_value, value, *key));
      REQUIRE_OK(kem.decap(from_reduced, reduced, *key));
      REQUIRE(copy(from_value.view()) != copy(from_reduced.view()));
    };
    for (std::uint8_t k = 2; k < 19; ++k) {
      Bytes reduced(group.params().npk);
      reduced[0] = k;
      if (group.params().id == DhId::x25519) {
        Bytes value(32, 0xff);  // 2^255 - 19 + k
        value[0] = static_cast<std::uint8_t>(0xed + k);
        value[31] = 0x7f;
        equal(value, reduced);
        value[31] = 0xff;
        equal(value, reduced);
      } else {
        Bytes value(56, 0xff);  // 2^448 - 2^224 - 1 + k
        std::fill(value.begin(), value.begin() + 28, std::uint8_t{0});
        value[0] = static_cast<std::uint8_t>(k - 1);
        equal(value, reduced);
      }
    }
    if (group.params().id != DhId::x25519) return;
    const Bytes reduced = copy(key_of(kem, 5)->public_key());
    Bytes high_bit = reduced;
    high_bit[31] |= 0x80;
    equal(high_bit, reduced);
  });
}
