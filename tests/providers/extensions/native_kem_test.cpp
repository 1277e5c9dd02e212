// A KEM of the test's own, as long as the longest hybrid: X25519 between paddings. It shows that no
// code assumes the sizes of a DHKEM.
#include <algorithm>
#include <array>

#include <twoway/twoway.hpp>

#include "support.hpp"
#include "wrapping.hpp"

using namespace twoway;

namespace {

constexpr std::size_t kLong = 1665;
constexpr std::size_t kX25519 = 32;
constexpr core::KemParams kParams{KemId{0x9901}, "Padded(X25519)", "padded", 32, kLong,
                                  kLong,         kX25519,          false};

/// Returns the X25519 value at the end of a padded one. The padding must be intact.
Result<ByteView> unpad(ByteView padded, std::uint8_t padding) {
  const ByteView pad = padded.first(kLong - kX25519);
  if (std::any_of(pad.begin(), pad.end(), [&](std::uint8_t b) { return b != padding; })) {
    return Error{Errc::invalid_key, "the padding is damaged"};
  }
  return padded.last(kX25519);
}

Bytes pad(ByteView x25519, std::uint8_t padding) {
  Bytes padded(kLong, padding);
  std::copy(x25519.begin(), x25519.end(), padded.end() - kX25519);
  return padded;
}

class PaddedPublicKey final : public PublicKey {
 public:
  PaddedPublicKey(const core::NativeKem& maker, ByteView padded, std::unique_ptr<PublicKey> inner)
      : maker_(maker), bytes_(padded.begin(), padded.end()), inner_(std::move(inner)) {}
  ByteView bytes() const noexcept override { return bytes_; }
  const void* maker() const noexcept override { return &maker_; }
  const PublicKey& inner() const noexcept { return *inner_; }

 private:
  const core::NativeKem& maker_;
  Bytes bytes_;
  std::unique_ptr<PublicKey> inner_;
};

class PaddedKey final : public PrivateKey {
 public:
  PaddedKey(const Kem& x25519, std::unique_ptr<PrivateKey> inner)
      : x25519_(x25519), inner_(std::move(inner)), public_(pad(inner_->public_key(), 0xaa)) {}
  KemId kem_id() const noexcept override { return kParams.id; }
  ByteView public_key() const noexcept override { return public_; }
  Status decap(SharedSecret& secret, const Kem&,
               const core::Encapsulation& enc) const noexcept override {
    secret.clear();
    Result<ByteView> x25519 = unpad(enc.bytes(), 0xbb);
    if (!x25519) return core::kBadAeadTag;
    return x25519_.decap(secret, *x25519, *inner_);
  }

 private:
  Kem x25519_;
  std::unique_ptr<PrivateKey> inner_;
  Bytes public_;
};

class PaddedKem final : public core::NativeKem {
 public:
  explicit PaddedKem(const Kem& x25519) : x25519_(x25519) {}
  const core::KemParams& params() const noexcept override { return kParams; }

  Result<std::unique_ptr<PublicKey>> import_public(ByteView pk) const noexcept override {
    Result<ByteView> x25519 = unpad(pk, 0xaa);
    if (!x25519) return x25519.error();
    auto inner = x25519_.import_public(*x25519);
    if (!inner) return inner.error();
    return std::unique_ptr<PublicKey>(
        std::make_unique<PaddedPublicKey>(*this, pk, std::move(*inner)));
  }

  Result<std::unique_ptr<PrivateKey>> import_private(ByteView sk) const noexcept override {
    auto inner = x25519_.import_private(sk);
    if (!inner) return inner.error();
    return std::unique_ptr<PrivateKey>(std::make_unique<PaddedKey>(x25519_, std::move(*inner)));
  }

  /// Checks and prepares the X25519 key in `enc` before any private key is asked, as a hybrid does.
  Result<std::unique_ptr<PublicKey>> import_enc(ByteView enc) const noexcept override {
    Result<ByteView> x25519 = unpad(enc, 0xbb);
    if (!x25519) return x25519.error();
    return x25519_.import_public(*x25519);
  }

  Status derive_private(core::PrivateKeyBytes& sk, ByteView ikm) const noexcept override {
    return x25519_.derive_private(sk, ikm);
  }

  Status encap(SharedSecret& secret, ByteSpan enc, const PublicKey& receiver,
               Rng* rng) const noexcept override {
    const auto& key = static_cast<const PaddedPublicKey&>(receiver);
    Bytes x25519(kX25519);
    Status status = x25519_.encap(secret, x25519, key.inner(), rng);
    const Bytes padded = pad(x25519, 0xbb);
    std::copy(padded.begin(), padded.end(), enc.begin());
    return status;
  }

 private:
  Kem x25519_;
};

class PaddedProvider final : public test::WrappingProvider {
 public:
  PaddedProvider(const Provider& inner, const Kem& x25519)
      : WrappingProvider(inner), padded_(x25519) {}
  const core::NativeKem* native_kem(KemId id) const noexcept override {
    return id == kParams.id ? &padded_ : WrappingProvider::native_kem(id);
  }

 private:
  PaddedKem padded_;
};

}  // namespace

TEST_CASE("a native KEM with an enc of 1665 bytes carries a whole exchange") {
  for (const Provider* inner : built::providers()) {
    INFO(inner->name());
    auto x25519 = Kem::find(*inner, KemId::dhkem_x25519);
    REQUIRE_OK(x25519);
    const PaddedProvider provider(*inner, *x25519);
    auto kem = Kem::find(provider, kParams.id);
    REQUIRE_OK(kem);
    auto key = kem->generate_key_pair();
    REQUIRE_OK(key);
    KeyRing ring{provider};
    REQUIRE_OK(ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}));
    auto configs = ring.key_configs();
    REQUIRE_OK(configs);
    REQUIRE(configs->size() == 2 + 1 + 2 + kLong + 2 + 4);

    // Without the native KEM, the configuration has an unknown KEM.
    REQUIRE_ERRC(RequestSender::create(*inner, *configs), Errc::not_supported);

    auto sender = RequestSender::create(provider, *configs);
    REQUIRE_OK(sender);
    auto request = sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    REQUIRE(request->message.size() == framing::kHeaderSize + kLong + 8 + 16);
    auto opened = RequestReceiver{ring}.open(request->message);
    REQUIRE_OK(opened);
    auto state = opened->response_sealer.export_secret_state(SecretAccess{});
    REQUIRE_OK(state);
    auto sealer = ResponseSealer::restore(provider, state->view());
    REQUIRE_OK(sealer);
    auto reply = sealer->seal(as_bytes("answer"));
    REQUIRE_OK(reply);
    auto answer = request->response_opener.open(*reply);
    REQUIRE_OK(answer);
    REQUIRE(*answer == test::copy(as_bytes("answer")));

    Bytes damaged = request->message;
    damaged[framing::kHeaderSize] ^= 1;
    REQUIRE_ERRC(RequestReceiver{ring}.open(damaged), Errc::open_failed);
    REQUIRE_ERRC(RequestReceiver{ring}.begin(Form::whole, damaged), Errc::open_failed);
    const auto pending = RequestReceiver{ring}.begin(Form::whole, request->message);
    REQUIRE_OK(pending);
    REQUIRE(pending->peer()->bytes().size() == kX25519);
    for (const std::size_t cut : {kLong - 1, std::size_t{0}}) {
      const ByteView part = ByteView(request->message).first(framing::kHeaderSize + cut);
      REQUIRE_ERRC(RequestReceiver{ring}.open(part), Errc::open_failed);
    }
  }
}

TEST_CASE("a native KEM refuses operations that it does not offer") {
  const Provider& inner = *built::providers().front();
  auto x25519 = Kem::find(inner, KemId::dhkem_x25519);
  REQUIRE_OK(x25519);
  const PaddedProvider provider(inner, *x25519);
  auto kem = Kem::find(provider, kParams.id);
  REQUIRE_OK(kem);
  auto key = kem->generate_key_pair();
  REQUIRE_OK(key);
  auto pk = kem->import_public((*key)->public_key());
  REQUIRE_OK(pk);
  SharedSecret secret;
  Bytes enc(kLong);
  REQUIRE_ERRC(kem->auth_encap(secret, enc, **pk, **key), Errc::not_supported);
  REQUIRE_OK(kem->encap(secret, enc, **pk));
  REQUIRE_ERRC(kem->auth_decap(secret, enc, **key, **pk), Errc::not_supported);
  const core::Encapsulation valid = test::encapsulation(*kem, enc);
  REQUIRE(test::copy(valid.peer()->bytes()) == test::copy(ByteView(enc).last(kX25519)));
  REQUIRE_ERRC(kem->shared_secret_from_dh(secret, test::secret_of<core::DhSecret>(Bytes(32, 1)),
                                          valid, (*key)->public_key()),
               Errc::not_supported);
  REQUIRE_ERRC(kem->import_public(Bytes(kLong - 1)), Errc::invalid_key);
  REQUIRE_ERRC(kem->import_private(Bytes(kX25519 - 1)), Errc::invalid_key);
  REQUIRE_ERRC(kem->derive_key_pair(Bytes(kX25519 - 1)), Errc::invalid_argument);
}
