// ML-KEM and its hybrids, native and composed, for the providers that offer any.
#include <algorithm>

#include <twoway/core/self_check.hpp>

#include "contract.hpp"
#include "wrapping.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

template <typename Use>
void for_each_pq_kem(Use use) {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KemParams& row : pq_kem_table()) {
      const Result<Kem> kem = Kem::find(*provider, row.id);
      if (!kem) continue;
      INFO(provider->name() << ' ' << row.name);
      const NativeKem* native = provider->native_kem(row.id);
      if (native != nullptr) REQUIRE(&native->params() == &row);
      use(*provider, *kem);
    }
  }
}

/// Encapsulates to `receiver` and returns the shared secret.
Bytes encap(const Kem& kem, Bytes& enc, const PublicKey& receiver) {
  enc.resize(kem.params().nenc);
  SharedSecret secret;
  REQUIRE_OK(kem.encap(secret, enc, receiver));
  REQUIRE(secret.size() == kem.params().nsecret);
  return copy(secret.view());
}

Bytes decap(const Kem& kem, const PrivateKey& key, ByteView enc) {
  SharedSecret secret;
  REQUIRE_OK(kem.decap(secret, enc, key));
  return copy(secret.view());
}

void spoil(ByteSpan bytes) { bytes[0] = static_cast<std::uint8_t>(bytes[0] ^ 1); }

enum class Spoiled { private_key, first_of_public, last_of_public, forged, fresh };

struct SpoiledPrivateKey final : PrivateKey {
  SpoiledPrivateKey(std::unique_ptr<PrivateKey> inner, Spoiled what)
      : inner(std::move(inner)), what(what), pk(copy(this->inner->public_key())) {
    if (what == Spoiled::first_of_public) spoil(pk);
    if (what == Spoiled::last_of_public) spoil(ByteSpan(pk).last(1));
  }
  KemId kem_id() const noexcept override { return inner->kem_id(); }
  ByteView public_key() const noexcept override { return pk; }
  Status decap(SharedSecret& secret, const Kem& kem,
               const Encapsulation& valid) const noexcept override {
    Status s = inner->decap(secret, kem, valid);
    const ByteView enc = valid.bytes().first(100);
    const bool forged = std::ranges::count(enc, enc[0]) == static_cast<std::ptrdiff_t>(enc.size());
    if (what == (forged ? Spoiled::forged : Spoiled::fresh)) spoil(secret.span());
    return s;
  }
  std::unique_ptr<PrivateKey> inner;
  Spoiled what;
  Bytes pk;
};

/// A KEM that spoils one of its outputs. Without an `inner` it has no outputs.
struct SpoiledKem final : NativeKem {
  SpoiledKem(const KemParams& row, const NativeKem* inner, Spoiled what)
      : row(row), inner(inner), what(what) {}
  const KemParams& params() const noexcept override { return row; }
  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept override {
    return inner->import_public(pk);
  }
  Result<std::unique_ptr<PrivateKey>> import_private(ByteView sk) const noexcept override {
    auto made = inner->import_private(sk);
    if (!made) return made.error();
    return std::unique_ptr<PrivateKey>(std::make_unique<SpoiledPrivateKey>(std::move(*made), what));
  }
  Status derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept override {
    Status s;
    if (inner != nullptr) s = inner->derive_private(sk, ikm);
    if (inner == nullptr) std::ranges::fill(sk.reset(row.nsk), std::uint8_t{1});
    if (what == Spoiled::private_key) spoil(sk.span());
    return s;
  }
  Status encap(SharedSecret& secret, ByteSpan enc, const PublicKey& receiver,
               Rng* rng) const noexcept override {
    return inner->encap(secret, enc, receiver, rng);
  }
  const KemParams& row;
  const NativeKem* inner;
  Spoiled what;
};

struct SpoiledProvider final : WrappingProvider {
  SpoiledProvider(const Provider& inner, const KemParams& row, Spoiled what)
      : WrappingProvider(inner), kem(row, inner.native_kem(row.id), what) {}
  const NativeKem* native_kem(KemId) const noexcept override { return &kem; }
  SpoiledKem kem;
};

}  // namespace

TEST_CASE("the self-check passes ML-KEM and hybrids, and notices a native KEM that is wrong") {
  for_each_pq_kem([](const Provider& provider, const Kem& kem) {
    REQUIRE_OK(self_check(kem));
    if (provider.native_kem(kem.params().id) == nullptr) return;
    for (const Spoiled what : {Spoiled::private_key, Spoiled::first_of_public,
                               Spoiled::last_of_public, Spoiled::forged, Spoiled::fresh}) {
      const SpoiledProvider wrong(provider, kem.params(), what);
      REQUIRE_ERRC(self_check(*Kem::find(wrong, kem.params().id)), Errc::provider_failure);
    }
  });
}

TEST_CASE("the self-check of a KEM is for native ones, and has their known answers") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KemParams& row : pq_kem_table()) {
      if (provider->native_kem(row.id) != nullptr) continue;
      const SpoiledProvider wrong(*provider, row, Spoiled::fresh);
      REQUIRE_ERRC(self_check(*Kem::find(wrong, row.id)), Errc::provider_failure);
    }
  }
  for_each_kem(
      [](const Provider&, const Kem& kem) { REQUIRE_ERRC(self_check(kem), Errc::not_supported); });
}

TEST_CASE("ML-KEM and hybrids: both sides get the same secret, and a changed enc another") {
  for_each_pq_kem([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem, 1);
    REQUIRE(key->kem_id() == kem.params().id);
    REQUIRE(key->public_key().size() == kem.params().npk);
    const auto pk = public_of(kem, *key);
    REQUIRE(copy(pk->bytes()) == copy(key->public_key()));
    Bytes enc, other;
    const Bytes secret = encap(kem, enc, *pk);
    REQUIRE(encap(kem, other, *pk) != secret);
    REQUIRE(enc != other);
    REQUIRE(decap(kem, *key, enc) == secret);
    REQUIRE(decap(kem, *key_of(kem, 2), enc) != secret);
    const ForeignPublicKey foreign(key->public_key());
    const Bytes abroad = encap(kem, enc, foreign);
    REQUIRE(decap(kem, *key, enc) == abroad);
    // FIPS 203 section 6.3: implicit rejection gives a secret that is wrong, and always the same.
    const std::size_t end = find_hybrid_kem(kem.params().id) == nullptr ? enc.size() - 1 : 700;
    for (const std::size_t at : {std::size_t{0}, enc.size() / 2, end}) {
      Bytes changed = enc;
      changed[at] ^= 1;
      const Bytes wrong = decap(kem, *key, changed);
      REQUIRE(wrong != abroad);
      REQUIRE(wrong == decap(kem, *key, changed));
    }
  });
}

TEST_CASE("ML-KEM and hybrids: keys are derived and imported as their draft says") {
  for_each_pq_kem([](const Provider&, const Kem& kem) {
    const std::size_t nsk = kem.params().nsk;
    PrivateKeyBytes sk;
    REQUIRE_OK(kem.derive_private(sk, pattern(nsk, 1)));
    REQUIRE(sk.size() == nsk);
    const auto imported = kem.import_private(sk.view());
    REQUIRE_OK(imported);
    REQUIRE(copy((*imported)->public_key()) == copy(key_of(kem, 1)->public_key()));
    REQUIRE(copy((*imported)->public_key()) != copy(key_of(kem, 2)->public_key()));
    REQUIRE_ERRC(kem.derive_key_pair(Bytes(nsk - 1, 1)), Errc::invalid_argument);
    const auto a = kem.generate_key_pair();
    const auto b = kem.generate_key_pair();
    REQUIRE_OK(a);
    REQUIRE_OK(b);
    REQUIRE(copy((*a)->public_key()) != copy((*b)->public_key()));
  });
}

TEST_CASE("ML-KEM and hybrids: bad keys and encapsulations are refused") {
  for_each_pq_kem([](const Provider& provider, const Kem& kem) {
    const KemParams& params = kem.params();
    const NativeKem* native = provider.native_kem(params.id);
    const auto key = key_of(kem, 1);
    const Bytes pk = copy(key->public_key());
    for (const std::size_t size : {std::size_t{0}, params.npk - 1, params.npk + 1}) {
      REQUIRE_ERRC(kem.import_public(Bytes(size, 1)), Errc::invalid_key);
      if (native == nullptr) continue;
      REQUIRE_ERRC(native->import_public(Bytes(size, 1)), Errc::invalid_key);
    }
    for (const std::size_t size : {std::size_t{0}, params.nsk - 1, params.nsk + 1}) {
      REQUIRE_ERRC(kem.import_private(Bytes(size, 1)), Errc::invalid_key);
      if (native == nullptr) continue;
      REQUIRE_ERRC(native->import_private(Bytes(size, 1)), Errc::invalid_key);
    }
    // FIPS 203 section 7.2: a coefficient of q or more, in the first three bytes of the key.
    Bytes too_large = pk;
    std::fill_n(too_large.begin(), 3, std::uint8_t{0xff});
    REQUIRE_ERRC(kem.import_public(too_large), Errc::invalid_key);

    SharedSecret secret;
    for (const std::size_t size : {std::size_t{0}, params.nenc - 1, params.nenc + 1}) {
      secret.assign(Bytes(32, 1));
      REQUIRE_ERRC(kem.decap(secret, Bytes(size), *key), Errc::open_failed);
      REQUIRE(secret.empty());
      Bytes enc(size);
      secret.assign(Bytes(32, 1));
      REQUIRE_ERRC(kem.encap(secret, enc, *public_of(kem, *key)), Errc::invalid_argument);
      REQUIRE(secret.empty());
    }
    const auto dh = Kem::find(provider, KemId::dhkem_x25519);
    if (dh) {
      secret.assign(Bytes(32, 1));
      REQUIRE_ERRC(dh->decap(secret, Bytes(32), *key), Errc::invalid_argument);
      REQUIRE(secret.empty());
    }
    Bytes enc(params.nenc);
    REQUIRE_ERRC(kem.auth_encap(secret, enc, *public_of(kem, *key), *key), Errc::not_supported);
  });
}

TEST_CASE("ML-KEM and hybrids: an injected generator decides the encapsulation, or is refused") {
  for_each_pq_kem([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem, 1);
    const auto pk = public_of(kem, *key);
    FixedRng rng(pattern(1000, 3)), again(pattern(1000, 3)), none({});
    Bytes enc(kem.params().nenc), same(kem.params().nenc);
    SharedSecret secret, twice;
    const Status status = kem.encap(secret, enc, *pk, &rng);
    if (!status) {
      REQUIRE_ERRC(status, Errc::not_supported);
      REQUIRE(secret.empty());
      return;
    }
    REQUIRE(rng.left() < 1000);
    REQUIRE_OK(kem.encap(twice, same, *pk, &again));
    REQUIRE((enc == same && copy(secret.view()) == copy(twice.view())));
    REQUIRE(decap(kem, *key, enc) == copy(secret.view()));
    REQUIRE_ERRC(kem.encap(secret, enc, *pk, &none), Errc::provider_failure);
    REQUIRE(secret.empty());
  });
}
