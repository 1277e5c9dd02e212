// The bytes of hybrid KEMs, with recorded answers of ML-KEM: for builds whose libraries have none.
#include <twoway/core/kem.hpp>

#include "support.hpp"
#include "vectors.hpp"
#include "wrapping.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

/// ML-KEM that knows one key pair and one encapsulation, and refuses all other inputs.
class RecordedMlKem final : public NativeKem {
 public:
  explicit RecordedMlKem(const Vector& v)
      : params_(*find_kem(find_hybrid_kem(KemId(v.number("kem_id")))->ml_kem)),
        seed_(v.bytes("ml_kem_seed")),
        pk_(head(v.bytes("pkRm"), params_.npk)),
        randomness_(head(v.bytes("ikmE"), 32)),
        enc_(head(v.bytes("enc"), params_.nenc)),
        secret_(v.bytes("ml_kem_secret")) {}

  const KemParams& params() const noexcept override { return params_; }
  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept override {
    if (copy(pk) != pk_) return kUnknown;
    return std::unique_ptr<PublicKey>(std::make_unique<Public>(*this));
  }
  Result<std::unique_ptr<PrivateKey>> import_private(ByteView sk) const noexcept override {
    if (copy(sk) != seed_) return kUnknown;
    return std::unique_ptr<PrivateKey>(std::make_unique<Private>(*this));
  }
  Status derive_private(PrivateKeyBytes&, ByteView) const noexcept override { return kUnknown; }
  Status encap(SharedSecret& secret, ByteSpan enc, const PublicKey& receiver,
               Rng* rng) const noexcept override {
    Bytes drawn(32);
    if (rng == nullptr || !rng->fill(drawn) || drawn != randomness_) return kUnknown;
    if (receiver.maker() != this || enc.size() != enc_.size()) return kUnknown;
    std::copy(enc_.begin(), enc_.end(), enc.begin());
    secret.assign(secret_);
    return {};
  }

 private:
  static constexpr Error kUnknown{Errc::provider_failure, "that was not recorded"};

  static Bytes head(const Bytes& bytes, std::size_t size) {
    return copy(ByteView(bytes).first(size));
  }

  struct Public final : PublicKey {
    explicit Public(const RecordedMlKem& kem) : kem(kem) {}
    ByteView bytes() const noexcept override { return kem.pk_; }
    const void* maker() const noexcept override { return &kem; }
    const RecordedMlKem& kem;
  };
  struct Private final : PrivateKey {
    explicit Private(const RecordedMlKem& kem) : kem(kem) {}
    KemId kem_id() const noexcept override { return kem.params_.id; }
    ByteView public_key() const noexcept override { return kem.pk_; }
    Status decap(SharedSecret& secret, const Kem&,
                 const Encapsulation& enc) const noexcept override {
      if (copy(enc.bytes()) != kem.enc_) return kUnknown;
      secret.assign(kem.secret_);
      return {};
    }
    const RecordedMlKem& kem;
  };

  const KemParams& params_;
  Bytes seed_, pk_, randomness_, enc_, secret_;
};

class RecordedProvider final : public WrappingProvider {
 public:
  RecordedProvider(const Provider& inner, const Vector& v) : WrappingProvider(inner), ml_kem_(v) {}
  const NativeKem* native_kem(KemId id) const noexcept override {
    return id == ml_kem_.params().id ? &ml_kem_ : nullptr;
  }

 private:
  RecordedMlKem ml_kem_;
};

const DhParams& dh_of(const Kem& kem) { return *find_dh(find_hybrid_kem(kem.params().id)->dh); }

Bytes decap(const Kem& kem, ByteView enc, const PrivateKey& key) {
  SharedSecret secret;
  REQUIRE_OK(kem.decap(secret, enc, key));
  return copy(secret.view());
}

}  // namespace

TEST_CASE("of recorded halves a hybrid makes the bytes of the vectors") {
  std::size_t ran = 0;
  const auto run = [&ran](const Vector& v, const Provider& provider, const Kem& kem) {
    PrivateKeyBytes sk;
    REQUIRE_OK(kem.derive_private(sk, v.bytes("ikmR")));
    REQUIRE(copy(sk.view()) == v.bytes("skRm"));
    auto key = kem.import_private(sk.view());
    REQUIRE_OK(key);
    REQUIRE(copy((*key)->public_key()) == v.bytes("pkRm"));
    auto receiver = kem.import_public(v.bytes("pkRm"));
    REQUIRE_OK(receiver);
    REQUIRE(copy((*receiver)->bytes()) == v.bytes("pkRm"));

    FixedRng rng(v.bytes("ikmE"));
    Bytes enc(kem.params().nenc);
    SharedSecret secret;
    REQUIRE_OK(kem.encap(secret, enc, **receiver, &rng));
    REQUIRE(enc == v.bytes("enc"));
    REQUIRE(copy(secret.view()) == v.bytes("shared_secret"));
    REQUIRE(decap(kem, enc, **key) == v.bytes("shared_secret"));

    // Both halves elsewhere: as two keys, and as two results.
    const KemId dh_kem = dh_of(kem).kem;
    const auto group_kem = Kem::find(provider, dh_kem);
    const auto ml_kem = Kem::find(provider, find_hybrid_kem(kem.params().id)->ml_kem);
    REQUIRE_OK(ml_kem);
    if (group_kem) {
      auto first = ml_kem->import_private(v.bytes("ml_kem_seed"));
      auto second = group_kem->import_private(v.bytes("dh_private"));
      REQUIRE_OK(first);
      REQUIRE_OK(second);
      auto joined = kem.join_private(std::move(*first), std::move(*second));
      REQUIRE_OK(joined);
      REQUIRE(copy((*joined)->public_key()) == v.bytes("pkRm"));
      REQUIRE(decap(kem, enc, **joined) == v.bytes("shared_secret"));
    }
    REQUIRE_OK(kem.shared_secret_from_parts(
        secret, secret_of<SharedSecret>(v.bytes("ml_kem_secret")),
        secret_of<DhSecret>(v.bytes("dh_secret")), encapsulation(kem, enc), v.bytes("pkRm")));
    REQUIRE(copy(secret.view()) == v.bytes("shared_secret"));
    ++ran;
  };
  const std::size_t total = for_each_vector("hybrid-halves.json", [&](const Vector& v) {
    bool offered = false;
    for (const Provider* inner : twoway::built::providers()) {
      INFO(inner->name());
      const RecordedProvider provider(*inner, v);
      const auto kem = Kem::find(provider, KemId(v.number("kem_id")));
      if (!kem) continue;
      run(v, provider, *kem);
      offered = true;
    }
    if (!offered) v.skip();
  });
  REQUIRE(total == 5);
  for (const Provider* provider : twoway::built::providers()) {
    if (std::string(provider->name()) == "openssl") REQUIRE(ran >= total);
  }
}
