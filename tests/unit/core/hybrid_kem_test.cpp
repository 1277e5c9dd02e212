// The hybrids that core composes, with a stand-in for ML-KEM: a library's own is tested by the
// vectors and the contract.
#include <array>

#include <twoway/core/combined_provider.hpp>
#include <twoway/core/kem.hpp>

#include "hybrid_fakes.hpp"
#include "ml_kem_stand_in.hpp"
#include "support.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

constexpr std::array kHybrids{KemId::mlkem768_p256, KemId::mlkem1024_p384, KemId::mlkem768_x25519};

/// Calls `test(provider, kem)` for each hybrid over each provider whose other parts are there.
template <typename Test>
void for_each_hybrid(Test test) {
  for (const Provider* inner : twoway::built::providers()) {
    if (!has_sha3(*inner)) continue;
    const StandInProvider provider(*inner);
    for (const KemId id : kHybrids) {
      INFO(inner->name() << ' ' << find_kem(id)->name);
      const Result<Kem> kem = Kem::find(provider, id);
      if (inner->dh(find_hybrid_kem(id)->dh) == nullptr) {
        REQUIRE_ERRC(kem, Errc::not_supported);
        continue;
      }
      REQUIRE_OK(kem);
      test(provider, *kem);
    }
  }
}

const DhParams& dh_of(const Kem& kem) { return *find_dh(find_hybrid_kem(kem.params().id)->dh); }

std::unique_ptr<PrivateKey> key_of(const Kem& kem) {
  auto key = kem.generate_key_pair();
  REQUIRE_OK(key);
  return std::move(*key);
}

struct Sent {
  Bytes enc;
  Bytes secret;
};

Sent encap(const Kem& kem, ByteView pk) {
  auto receiver = kem.import_public(pk);
  REQUIRE_OK(receiver);
  Sent sent{Bytes(kem.params().nenc), {}};
  SharedSecret secret;
  REQUIRE_OK(kem.encap(secret, sent.enc, **receiver));
  sent.secret = copy(secret.view());
  return sent;
}

Bytes decap(const Kem& kem, ByteView enc, const PrivateKey& key) {
  SharedSecret secret;
  REQUIRE_OK(kem.decap(secret, enc, key));
  return copy(secret.view());
}

}  // namespace

TEST_CASE("a hybrid's two sides agree, and every other enc gives another secret or none") {
  for_each_hybrid([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem);
    REQUIRE(key->kem_id() == kem.params().id);
    REQUIRE(key->public_key().size() == kem.params().npk);
    const Sent sent = encap(kem, key->public_key());
    REQUIRE(decap(kem, sent.enc, *key) == sent.secret);
    REQUIRE(encap(kem, key->public_key()).enc != sent.enc);
    REQUIRE(decap(kem, sent.enc, *key_of(kem)) != sent.secret);

    // ML-KEM rejects implicitly: a change there is no error.
    Bytes changed = sent.enc;
    changed[0] ^= 1;
    REQUIRE(decap(kem, changed, *key) != sent.secret);
    // Another point of the group is no error either, and one off the curve is told before any key.
    changed = encap(kem, key->public_key()).enc;
    std::copy(sent.enc.begin(), sent.enc.end() - std::ptrdiff_t(dh_of(kem).npk), changed.begin());
    REQUIRE(decap(kem, changed, *key) != sent.secret);
    if (!dh_of(kem).order.empty()) {
      changed = sent.enc;
      changed.back() ^= 1;
      REQUIRE_ERRC(kem.import_enc(changed), Errc::open_failed);
    } else {
      changed = sent.enc;
      std::fill(changed.end() - 32, changed.end(), std::uint8_t{0});
      REQUIRE_ERRC(kem.import_enc(changed), Errc::open_failed);
    }
    for (const std::size_t size : {std::size_t{0}, sent.enc.size() - 1, sent.enc.size() + 1}) {
      REQUIRE_ERRC(kem.import_enc(Bytes(size)), Errc::open_failed);
    }
  });
}

TEST_CASE("a hybrid checks both halves of a public key") {
  for_each_hybrid([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem);
    const Bytes pk = copy(key->public_key());
    Bytes bad = pk;
    std::fill_n(bad.begin(), 3, std::uint8_t{0xff});
    REQUIRE_ERRC(kem.import_public(bad), Errc::invalid_key);
    bad = pk;
    const auto point = ByteSpan(bad).last(dh_of(kem).npk);
    if (dh_of(kem).order.empty()) {
      std::fill(point.begin(), point.end(), std::uint8_t{0});
    } else {
      point.back() ^= 1;
    }
    REQUIRE_ERRC(kem.import_public(bad), Errc::invalid_key);
    for (const std::size_t size : {std::size_t{0}, pk.size() - 1, pk.size() + 1}) {
      REQUIRE_ERRC(kem.import_public(Bytes(size)), Errc::invalid_key);
    }
    REQUIRE_ERRC(kem.import_private(Bytes(31)), Errc::invalid_key);
    REQUIRE_ERRC(kem.import_private(Bytes(33)), Errc::invalid_key);
    REQUIRE_ERRC(kem.derive_key_pair(Bytes(31)), Errc::invalid_argument);
  });
}

TEST_CASE("a provider that lacks a part offers no hybrid") {
  using Part = LackingProvider::Part;
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    const KemId id = kem.params().id;
    const LackingProvider complete(provider, Part::none);
    REQUIRE_OK(Kem::find(complete, id));
    for (const Part part : {Part::ml_kem, Part::group, Part::shake, Part::sha3}) {
      const LackingProvider lacking(provider, part);
      REQUIRE_ERRC(Kem::find(lacking, id), Errc::not_supported);
      // Another provider brings the part.
      const CombinedProvider both(lacking, provider);
      const auto combined = Kem::find(both, id);
      REQUIRE_OK(combined);
      const auto key = key_of(*combined);
      const Sent sent = encap(kem, key->public_key());
      REQUIRE(decap(*combined, sent.enc, *key) == sent.secret);
    }
  });
}

TEST_CASE("a NIST half takes the first candidate in range, and fails without one") {
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    const DhParams& dh = dh_of(kem);
    if (dh.order.empty()) return;
    const HybridKemParams& row = *find_hybrid_kem(kem.params().id);
    const Bytes order = copy(dh.order);
    Bytes none, last;
    while (none.size() < row.dh_seed) none.insert(none.end(), order.begin(), order.end());
    last = none;
    std::fill(last.end() - std::ptrdiff_t(dh.nsk), last.end(), std::uint8_t{3});
    const FixedSeedProvider without(provider, none);
    REQUIRE_ERRC(Kem::find(without, row.id)->import_private(Bytes(32)), Errc::provider_failure);
    const FixedSeedProvider with(provider, last);
    const auto key = Kem::find(with, row.id)->import_private(Bytes(32));
    REQUIRE_OK(key);
    const auto half = Kem::find(provider, dh.kem)->import_private(Bytes(dh.nsk, 3));
    REQUIRE_OK(half);
    REQUIRE(copy((*key)->public_key().last(dh.npk)) == copy((*half)->public_key()));

    // The same of an injected generator: one candidate is drawn after the other.
    const auto receiver = kem.import_public((*key)->public_key());
    REQUIRE_OK(receiver);
    Bytes draws(32);
    draws.insert(draws.end(), last.begin(), last.end());
    FixedRng rng(draws);
    Bytes enc(kem.params().nenc);
    SharedSecret secret;
    REQUIRE_OK(kem.encap(secret, enc, **receiver, &rng));
    REQUIRE(rng.left() == 0);
    REQUIRE(copy(ByteView(enc).last(dh.npk)) == copy((*half)->public_key()));
    draws.resize(32);
    draws.insert(draws.end(), none.begin(), none.end());
    FixedRng bad(draws);
    REQUIRE_FALSE(kem.encap(secret, enc, **receiver, &bad).ok());
    REQUIRE(secret.empty());
    FixedRng short_one(Bytes(40));
    REQUIRE_ERRC(kem.encap(secret, enc, **receiver, &short_one), Errc::provider_failure);
  });
}

TEST_CASE("halves that do not belong to a hybrid are refused") {
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    const HybridKemParams& row = *find_hybrid_kem(kem.params().id);
    const std::shared_ptr<const PrivateKey> ml_kem = key_of(*Kem::find(provider, row.ml_kem));
    const auto group_kem = Kem::find(provider, find_dh(row.dh)->kem);
    if (!group_kem) return;
    const std::shared_ptr<const PrivateKey> dh = key_of(*group_kem);
    REQUIRE_OK(kem.join_private(ml_kem, dh));
    REQUIRE_ERRC(kem.join_private(nullptr, dh), Errc::invalid_argument);
    REQUIRE_ERRC(kem.join_private(ml_kem, nullptr), Errc::invalid_argument);
    REQUIRE_ERRC(kem.join_private(dh, ml_kem), Errc::invalid_argument);
    REQUIRE_ERRC(group_kem->join_private(ml_kem, dh), Errc::not_supported);
    REQUIRE_ERRC(Kem::find(provider, row.ml_kem)->join_private(ml_kem, dh), Errc::not_supported);
  });
}

TEST_CASE("a hybrid key's half that fails is key_unavailable, and leaves no secret") {
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    const HybridKemParams& row = *find_hybrid_kem(kem.params().id);
    const DhParams& group = dh_of(kem);
    const auto group_kem = Kem::find(provider, group.kem);
    if (!group_kem) return;
    const std::shared_ptr<const PrivateKey> ml_kem = key_of(*Kem::find(provider, row.ml_kem));
    const std::shared_ptr<const PrivateKey> dh = key_of(*group_kem);
    const auto whole = kem.join_private(ml_kem, dh);
    REQUIRE_OK(whole);
    const Sent sent = encap(kem, (*whole)->public_key());
    std::vector<std::optional<Bytes>> results{std::nullopt, Bytes{}, Bytes(group.ndh - 1, 1)};
    if (group.refuse_zero) results.emplace_back(Bytes(group.ndh));
    for (const auto& result : results) {
      const auto joined = kem.join_private(ml_kem, std::make_shared<GroupKey>(dh, result));
      REQUIRE_OK(joined);
      SharedSecret secret;
      secret.assign(Bytes(32, 1));
      REQUIRE_ERRC(kem.decap(secret, sent.enc, **joined), Errc::key_unavailable);
      REQUIRE(secret.empty());
    }
    const FailingHashProvider failing(provider);
    SharedSecret secret;
    REQUIRE_ERRC(
        Kem::find(failing, row.id)
            ->shared_secret_from_parts(secret, secret_of<SharedSecret>(Bytes(32, 1)),
                                       secret_of<DhSecret>(Bytes(group.ndh, 1)),
                                       encapsulation(kem, sent.enc), (*whole)->public_key()),
        Errc::provider_failure);
    REQUIRE(secret.empty());
  });
}

TEST_CASE("results of two halves are checked as one is") {
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    const DhParams& group = dh_of(kem);
    const auto key = key_of(kem);
    const Sent sent = encap(kem, key->public_key());
    const Encapsulation enc = encapsulation(kem, sent.enc);
    REQUIRE(copy(enc.peer()->bytes()) == copy(ByteView(sent.enc).last(group.npk)));
    const auto complete = [&](const Kem& with, std::size_t pq, const Bytes& dh, ByteView pk) {
      SharedSecret secret;
      secret.assign(Bytes(32, 1));
      Status s = with.shared_secret_from_parts(secret, secret_of<SharedSecret>(Bytes(pq, 1)),
                                               secret_of<DhSecret>(dh), enc, pk);
      REQUIRE(secret.empty() == !s.ok());
      return s;
    };
    const Bytes good(group.ndh, 1);
    const ByteView pk = key->public_key();
    REQUIRE_OK(complete(kem, 32, good, pk));
    REQUIRE_ERRC(complete(kem, 31, good, pk), Errc::key_unavailable);
    REQUIRE_ERRC(complete(kem, 32, Bytes(group.ndh - 1, 1), pk), Errc::key_unavailable);
    if (group.refuse_zero) {
      REQUIRE_ERRC(complete(kem, 32, Bytes(group.ndh), pk), Errc::key_unavailable);
    }
    REQUIRE_ERRC(complete(kem, 32, good, pk.first(pk.size() - 1)), Errc::invalid_key);
    for (const KemId id : kHybrids) {
      const auto other = Kem::find(provider, id);
      if (!other || id == kem.params().id) continue;
      REQUIRE_ERRC(complete(*other, 32, good, pk), Errc::invalid_argument);
    }
    const auto dh_kem = Kem::find(provider, group.kem);
    if (dh_kem) REQUIRE_ERRC(complete(*dh_kem, 32, good, pk), Errc::not_supported);
    SharedSecret secret;
    REQUIRE_ERRC(kem.shared_secret_from_dh(secret, secret_of<DhSecret>(good), enc, pk),
                 Errc::not_supported);
  });
}

TEST_CASE("a hybrid has no authenticated mode, and refuses another KEM's keys") {
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    const auto key = key_of(kem);
    const auto receiver = kem.import_public(key->public_key());
    REQUIRE_OK(receiver);
    const Sent sent = encap(kem, key->public_key());
    Bytes enc(kem.params().nenc);
    SharedSecret secret;
    REQUIRE_ERRC(kem.auth_encap(secret, enc, **receiver, *key), Errc::not_supported);
    REQUIRE_ERRC(kem.auth_decap(secret, sent.enc, *key, **receiver), Errc::not_supported);
    for (const KemId id : kHybrids) {
      const auto other = Kem::find(provider, id);
      if (!other || id == kem.params().id) continue;
      REQUIRE_ERRC(kem.decap(secret, sent.enc, *key_of(*other)), Errc::invalid_argument);
      REQUIRE_ERRC(key->decap(secret, *other, encapsulation(kem, sent.enc)),
                   Errc::invalid_argument);
    }
  });
}
