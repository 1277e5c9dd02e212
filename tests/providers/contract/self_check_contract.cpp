// The self-checks must notice a wrong output. Each wrapper here spoils one output of a good
// algorithm.
#include <twoway/core/self_check.hpp>

#include "contract.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

void spoil(ByteSpan bytes) { bytes[0] = static_cast<std::uint8_t>(bytes[0] ^ 1); }

enum class Spoiled { ciphertext, tag, plaintext, authenticity };

struct SpoiledSealer final : AeadSealer {
  SpoiledSealer(std::unique_ptr<AeadSealer> inner, Spoiled what)
      : inner(std::move(inner)), what(what) {}
  Status seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad,
              ByteView in) noexcept override {
    Status s = inner->seal(out, tag, nonce, aad, in);
    if (what == Spoiled::ciphertext) spoil(out);
    if (what == Spoiled::tag) spoil(tag);
    return s;
  }
  std::unique_ptr<AeadSealer> inner;
  Spoiled what;
};

struct SpoiledOpener final : AeadOpener {
  SpoiledOpener(std::unique_ptr<AeadOpener> inner, Spoiled what)
      : inner(std::move(inner)), what(what) {}
  Status open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in,
              ByteView tag) noexcept override {
    Status s = inner->open(out, nonce, aad, in, tag);
    if (what == Spoiled::plaintext && s.ok()) spoil(out);
    return what == Spoiled::authenticity ? Status() : s;
  }
  std::unique_ptr<AeadOpener> inner;
  Spoiled what;
};

struct SpoiledAead final : Aead {
  SpoiledAead(const Aead& inner, Spoiled what) : inner(inner), what(what) {}
  const AeadParams& params() const noexcept override { return inner.params(); }
  Result<std::unique_ptr<AeadSealer>> sealer(ByteView key) const noexcept override {
    auto made = inner.sealer(key);
    if (!made) return made.error();
    return std::unique_ptr<AeadSealer>(std::make_unique<SpoiledSealer>(std::move(*made), what));
  }
  Result<std::unique_ptr<AeadOpener>> opener(ByteView key) const noexcept override {
    auto made = inner.opener(key);
    if (!made) return made.error();
    return std::unique_ptr<AeadOpener>(std::make_unique<SpoiledOpener>(std::move(*made), what));
  }
  const Aead& inner;
  Spoiled what;
};

struct SpoiledKdf final : Kdf {
  SpoiledKdf(const Kdf& inner, bool first_stage) : inner(inner), first_stage(first_stage) {}
  const KdfParams& params() const noexcept override { return inner.params(); }
  Status extract(Prk& prk, ByteView salt, Gather ikm) const noexcept override {
    Status s = inner.extract(prk, salt, ikm);
    if (first_stage) spoil(prk.span());
    return s;
  }
  Status expand(ByteSpan out, ByteView prk, Gather info) const noexcept override {
    Status s = inner.expand(out, prk, info);
    if (!first_stage) spoil(out);
    return s;
  }
  Status derive(ByteSpan out, Gather ikm) const noexcept override {
    Status s = inner.derive(out, ikm);
    spoil(out);
    return s;
  }
  const Kdf& inner;
  bool first_stage;
};

enum class SpoiledDh { public_key, secret, ephemeral };

struct SpoiledKey final : DhPrivateKey {
  SpoiledKey(std::unique_ptr<DhPrivateKey> inner, SpoiledDh what)
      : inner(std::move(inner)), what(what), pk(copy(this->inner->public_key())) {
    if (what == SpoiledDh::public_key) spoil(pk);
  }
  KemId kem_id() const noexcept override { return inner->kem_id(); }
  ByteView public_key() const noexcept override { return pk; }
  Status dh(DhSecret& secret, const PublicKey& peer) const noexcept override {
    Status s = inner->dh(secret, peer);
    if (what == SpoiledDh::secret) spoil(secret.span());
    return s;
  }
  std::unique_ptr<DhPrivateKey> inner;
  SpoiledDh what;
  Bytes pk;
};

struct SpoiledGroup final : DhGroup {
  SpoiledGroup(const DhGroup& inner, SpoiledDh what) : inner(inner), what(what) {}
  const DhParams& params() const noexcept override { return inner.params(); }
  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept override {
    return inner.import_public(pk);
  }
  Result<std::unique_ptr<DhPrivateKey>> import_private(ByteView sk) const noexcept override {
    auto made = inner.import_private(sk);
    if (!made) return made.error();
    return std::unique_ptr<DhPrivateKey>(std::make_unique<SpoiledKey>(std::move(*made), what));
  }
  Status ephemeral_dh(DhSecret& secret, ByteSpan enc,
                      const PublicKey& peer) const noexcept override {
    Status s = inner.ephemeral_dh(secret, enc, peer);
    if (what == SpoiledDh::ephemeral) spoil(secret.span());
    return s;
  }
  const DhGroup& inner;
  SpoiledDh what;
};

struct ConstantRng final : Rng {
  Status fill(ByteSpan out) noexcept override {
    std::fill(out.begin(), out.end(), std::uint8_t{7});
    return {};
  }
};

}  // namespace

TEST_CASE("the self-check notices an AEAD that is wrong") {
  for_each_aead([](const Provider&, const Aead& aead) {
    for (const Spoiled what :
         {Spoiled::ciphertext, Spoiled::tag, Spoiled::plaintext, Spoiled::authenticity}) {
      REQUIRE_ERRC(self_check(SpoiledAead(aead, what)), Errc::provider_failure);
    }
  });
}

TEST_CASE("the self-check notices a KDF that is wrong") {
  for_each_kdf([](const Provider&, const Kdf& kdf) {
    REQUIRE_ERRC(self_check(SpoiledKdf(kdf, true)), Errc::provider_failure);
    REQUIRE_ERRC(self_check(SpoiledKdf(kdf, false)), Errc::provider_failure);
  });
}

TEST_CASE("the self-check notices a group that is wrong") {
  for_each_group([](const Provider&, const DhGroup& group) {
    for (const SpoiledDh what : {SpoiledDh::public_key, SpoiledDh::secret, SpoiledDh::ephemeral}) {
      REQUIRE_ERRC(self_check(SpoiledGroup(group, what)), Errc::provider_failure);
    }
  });
}

TEST_CASE("generators fill the whole buffer and do not repeat") {
  for (const Provider* provider : twoway::built::providers()) {
    INFO(provider->name());
    REQUIRE_OK(self_check(provider->rng()));
    REQUIRE_OK(provider->rng().fill({}));
    Bytes large(100000);
    REQUIRE_OK(provider->rng().fill(large));
    REQUIRE_FALSE(is_zero(ByteView(large).first(32)));
    REQUIRE_FALSE(is_zero(ByteView(large).last(32)));
  }
  ConstantRng constant;
  REQUIRE_ERRC(self_check(constant), Errc::provider_failure);
  FixedRng empty({});
  REQUIRE_ERRC(self_check(empty), Errc::provider_failure);
}
