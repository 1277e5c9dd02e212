// A native KEM of a provider.
#include <twoway/core/kem.hpp>

#include "receiver.hpp"
#include "wrapping.hpp"

using namespace twoway::core;
using twoway::test::copy;
using twoway::test::encapsulation;
using twoway::test::Receiver;
using twoway::test::secret_of;
using twoway::test::WrappingProvider;

namespace {

constexpr KemId kOwnKem = static_cast<KemId>(0x9902);

class OwnKey final : public PrivateKey {
 public:
  OwnKey(Kem x25519, std::unique_ptr<PrivateKey> key) : x25519_(x25519), key_(std::move(key)) {}
  KemId kem_id() const noexcept override { return kOwnKem; }
  ByteView public_key() const noexcept override { return key_->public_key(); }
  Status decap(SharedSecret& secret, const Kem&, const Encapsulation& enc) const noexcept override {
    return x25519_.decap(secret, enc.bytes(), *key_);
  }

 private:
  Kem x25519_;
  std::unique_ptr<PrivateKey> key_;
};

/// A native KEM of a provider: X25519 with another id.
class OwnKem final : public NativeKem {
 public:
  explicit OwnKem(const Provider& inner)
      : x25519_(*Kem::find(inner, KemId::dhkem_x25519)), row_(x25519_.params()) {
    row_.id = kOwnKem;
  }

  KemParams& row() { return row_; }
  const KemParams& params() const noexcept override { return row_; }
  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept override {
    return x25519_.import_public(pk);
  }
  Result<std::unique_ptr<PrivateKey>> import_private(ByteView sk) const noexcept override {
    auto key = x25519_.import_private(sk);
    if (!key) return key.error();
    return std::unique_ptr<PrivateKey>(std::make_unique<OwnKey>(x25519_, std::move(*key)));
  }
  Status derive_private(PrivateKeyBytes& sk, ByteView ikm) const noexcept override {
    return x25519_.derive_private(sk, ikm);
  }
  Status encap(SharedSecret& secret, ByteSpan enc, const PublicKey& receiver,
               Rng* rng) const noexcept override {
    return x25519_.encap(secret, enc, receiver, rng);
  }

 private:
  Kem x25519_;
  KemParams row_;
};

class OwnKemProvider final : public WrappingProvider {
 public:
  explicit OwnKemProvider(const Provider& inner) : WrappingProvider(inner), own_(inner) {}
  const NativeKem* native_kem(KemId id) const noexcept override {
    return id == kOwnKem ? &own_ : nullptr;
  }
  KemParams& row() { return own_.row(); }

 private:
  OwnKem own_;
};

}  // namespace

TEST_CASE("a provider's own KEM takes the place of a DHKEM") {
  for (const Provider* provider : twoway::built::providers()) {
    OwnKemProvider own(*provider);
    Receiver receiver(own, {kOwnKem, KdfId::hkdf_sha256, AeadId::chacha20_poly1305});
    REQUIRE(receiver.key->kem_id() == kOwnKem);
    auto sender = receiver.send(as_bytes("info"));
    REQUIRE_OK(sender);
    Bytes text(sender->sealed_size(5));
    REQUIRE_OK(sender->seal(text, {}, as_bytes("hello")));
    auto recipient = receiver.receive(as_bytes("info"));
    REQUIRE_OK(recipient);
    REQUIRE_OK(recipient->open(text, {}, text));
    REQUIRE(Bytes(text.begin(), text.begin() + 5) == copy(as_bytes("hello")));

    const Kem& kem = receiver.suite.kem();
    SharedSecret secret;
    REQUIRE_ERRC(receiver.send({}, {{}, receiver.key.get()}), Errc::not_supported);
    REQUIRE_ERRC(receiver.receive({}, {{}, receiver.pk.get()}), Errc::not_supported);
    REQUIRE_ERRC(kem.shared_secret_from_dh(secret, secret_of<DhSecret>(Bytes(32, 1)),
                                           encapsulation(kem, receiver.enc), receiver.enc),
                 Errc::not_supported);
    REQUIRE_ERRC(kem.import_private(Bytes(31)), Errc::invalid_key);
    REQUIRE_ERRC(kem.import_public(Bytes(33)), Errc::invalid_key);
    Bytes enc(31);
    REQUIRE_ERRC(kem.encap(secret, enc, *receiver.pk), Errc::invalid_argument);
    REQUIRE(find_kem(own, kOwnKem)->nenc == 32);
  }
}

TEST_CASE("a KEM with sizes over the maxima is not supported") {
  const Provider& provider = *twoway::built::providers().front();
  const std::pair<std::size_t KemParams::*, std::size_t> maxima[] = {
      {&KemParams::nenc, kMaxEnc},
      {&KemParams::npk, kMaxPublicKey},
      {&KemParams::nsecret, kMaxNsecret},
      {&KemParams::nsk, kMaxNsk}};
  for (const auto& [field, most] : maxima) {
    OwnKemProvider own(provider);
    own.row().*field = most;
    REQUIRE_OK(Kem::find(own, kOwnKem));
    own.row().*field = most + 1;
    REQUIRE_ERRC(Kem::find(own, kOwnKem), Errc::not_supported);
  }
}
