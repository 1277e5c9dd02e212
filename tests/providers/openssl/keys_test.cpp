#include <atomic>
#include <thread>

#include <twoway/core/hpke.hpp>
#include <twoway/openssl.hpp>

#include "objects.hpp"

using namespace twoway::core;
using namespace twoway::test;
namespace openssl = twoway::openssl;

namespace {

struct Curve {
  KemId kem;
  const char* type;
  const char* group;
};
const Curve kCurves[] = {
    {KemId::dhkem_p256, "EC", "P-256"},       {KemId::dhkem_p256, "EC", "prime256v1"},
    {KemId::dhkem_p384, "EC", "P-384"},       {KemId::dhkem_p384, "EC", "secp384r1"},
    {KemId::dhkem_p521, "EC", "P-521"},       {KemId::dhkem_p521, "EC", "secp521r1"},
    {KemId::dhkem_x25519, "X25519", nullptr}, {KemId::dhkem_x448, "X448", nullptr},
};

std::unique_ptr<PrivateKey> opaque(EVP_PKEY* key, const openssl::OpaqueOptions& options = {}) {
  auto made = openssl::opaque_key(key, options);
  REQUIRE_OK(made);
  return std::move(*made);
}

CipherSuite suite_of(KemId kem) {
  auto suite =
      CipherSuite::find(openssl::provider(), {kem, KdfId::hkdf_sha256, AeadId::aes128_gcm});
  REQUIRE_OK(suite);
  return *suite;
}

/// Seals a message to `key` and opens it. Returns false if anything fails.
bool carries_a_message(const CipherSuite& suite, const PrivateKey& key) {
  auto pk = suite.kem().import_public(key.public_key());
  if (!pk) return false;
  Bytes enc(suite.nenc());
  auto sender = SenderContext::setup(suite, enc, **pk, {});
  if (!sender) return false;
  Bytes sealed(sender->sealed_size(5)), opened(5);
  if (!sender->seal(sealed, {}, as_bytes("hello"))) return false;
  auto recipient = RecipientContext::setup(suite, enc, key, {});
  return recipient.ok() && recipient->open(opened, {}, sealed).ok() &&
         opened == copy(as_bytes("hello"));
}

/// Returns the public half alone, as an EVP_PKEY of its own.
Pkey public_half(const Curve& curve, EVP_PKEY* key) {
  OSSL_PARAM* params = nullptr;
  REQUIRE(EVP_PKEY_todata(key, EVP_PKEY_PUBLIC_KEY, &params) == 1);
  const PkeyCtx context(EVP_PKEY_CTX_new_from_name(nullptr, curve.type, nullptr));
  EVP_PKEY* half = nullptr;
  const bool made = EVP_PKEY_fromdata_init(context.get()) == 1 &&
                    EVP_PKEY_fromdata(context.get(), &half, EVP_PKEY_PUBLIC_KEY, params) == 1;
  OSSL_PARAM_free(params);
  REQUIRE(made);
  return Pkey(half);
}

}  // namespace

TEST_CASE("opaque keys of every curve, by any of its names, open messages") {
  for (const Curve& curve : kCurves) {
    INFO(curve.type << ' ' << (curve.group == nullptr ? "" : curve.group));
    const Pkey native = generate(curve.type, curve.group);
    const auto key = opaque(native.get());
    REQUIRE(key->kem_id() == curve.kem);
    const CipherSuite suite = suite_of(curve.kem);
    REQUIRE(key->public_key().size() == suite.kem().params().npk);
    REQUIRE(carries_a_message(suite, *key));
    REQUIRE(carries_a_message(suite, *opaque(native.get(), {.where = {}, .concurrent = true})));
  }
}

TEST_CASE("opaque keys authenticate as sender and as receiver") {
  for (const Curve& curve : kCurves) {
    INFO(curve.type << ' ' << (curve.group == nullptr ? "" : curve.group));
    const auto key = opaque(generate(curve.type, curve.group).get());
    const auto sender = opaque(generate(curve.type, curve.group).get());
    const Kem kem = suite_of(curve.kem).kem();
    const auto pk = kem.import_public(key->public_key());
    const auto sender_pk = kem.import_public(sender->public_key());
    REQUIRE_OK(pk);
    REQUIRE_OK(sender_pk);
    Bytes enc(kem.params().nenc);
    SharedSecret sent, received;
    REQUIRE_OK(kem.auth_encap(sent, enc, **pk, *sender));
    REQUIRE_OK(kem.auth_decap(received, enc, *key, **sender_pk));
    REQUIRE(copy(sent.view()) == copy(received.view()));
  }
}

TEST_CASE("an opaque key agrees with the same key imported") {
  const Pkey native = generate("X25519", nullptr);
  Bytes sk(32);
  std::size_t size = sk.size();
  REQUIRE(EVP_PKEY_get_raw_private_key(native.get(), sk.data(), &size) == 1);
  const Kem kem = suite_of(KemId::dhkem_x25519).kem();
  const auto imported = kem.import_private(sk);
  REQUIRE_OK(imported);
  const auto key = opaque(native.get());
  REQUIRE(copy((*imported)->public_key()) == copy(key->public_key()));
  Bytes enc(32);
  SharedSecret sent, a, b;
  const auto pk = kem.import_public(key->public_key());
  REQUIRE_OK(pk);
  REQUIRE_OK(kem.encap(sent, enc, **pk));
  REQUIRE_OK(kem.decap(a, enc, *key));
  REQUIRE_OK(kem.decap(b, enc, **imported));
  REQUIRE(copy(a.view()) == copy(sent.view()));
  REQUIRE(copy(b.view()) == copy(sent.view()));
}

TEST_CASE("an opaque key outlives the caller's reference") {
  Pkey native = generate("EC", "P-256");
  const auto key = opaque(native.get());
  native.reset();
  REQUIRE(carries_a_message(suite_of(KemId::dhkem_p256), *key));
}

TEST_CASE("opaque keys of other kinds are refused") {
  REQUIRE_ERRC(openssl::opaque_key(nullptr), Errc::invalid_argument);
  for (const char* type : {"RSA", "ED25519", "ED448"}) {
    INFO(type);
    REQUIRE_ERRC(openssl::opaque_key(generate(type, nullptr).get()), Errc::not_supported);
  }
  for (const char* group : {"secp256k1", "brainpoolP256r1", "P-224"}) {
    INFO(group);
    REQUIRE_ERRC(openssl::opaque_key(generate("EC", group).get()), Errc::not_supported);
  }
  const Pkey empty(EVP_PKEY_new());
  REQUIRE_ERRC(openssl::opaque_key(empty.get()), Errc::not_supported);
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("an EVP_PKEY without its public half is unavailable") {
  const Pkey whole = generate("EC", "P-256");
  BIGNUM* scalar = nullptr;
  REQUIRE(EVP_PKEY_get_bn_param(whole.get(), OSSL_PKEY_PARAM_PRIV_KEY, &scalar) == 1);
  const std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>> build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar);
  const std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>> params(
      OSSL_PARAM_BLD_to_param(build.get()));
  BN_clear_free(scalar);
  const PkeyCtx context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* half = nullptr;
  REQUIRE(EVP_PKEY_fromdata_init(context.get()) == 1);
  REQUIRE(EVP_PKEY_fromdata(context.get(), &half, EVP_PKEY_KEYPAIR, params.get()) == 1);
  const Pkey key(half);
  REQUIRE_ERRC(openssl::opaque_key(key.get()), Errc::key_unavailable);
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("an opaque key that cannot derive is unavailable, with OpenSSL's reason") {
  for (const Curve& curve : kCurves) {
    INFO(curve.type << ' ' << (curve.group == nullptr ? "" : curve.group));
    const Pkey whole = generate(curve.type, curve.group);
    const auto key = opaque(public_half(curve, whole.get()).get());
    const Kem kem = suite_of(curve.kem).kem();
    const auto pk = kem.import_public(key->public_key());
    REQUIRE_OK(pk);
    Bytes enc(kem.params().nenc);
    SharedSecret secret;
    REQUIRE_OK(kem.encap(secret, enc, **pk));
    const Status status = kem.decap(secret, enc, *key);
    REQUIRE_ERRC(status, Errc::key_unavailable);
    REQUIRE(status.error().native != 0);
    REQUIRE(secret.empty());
    // A fault of the message stays open_failed.
    const Status forged = kem.decap(secret, Bytes(enc.size()), *key);
    REQUIRE_ERRC(forged, Errc::open_failed);
    REQUIRE(forged.error().native == 0);
    REQUIRE(ERR_peek_error() == 0);
  }
}

TEST_CASE("threads share an opaque key") {
  for (const Curve& curve : {kCurves[0], kCurves[6]}) {
    for (const bool concurrent : {false, true}) {
      INFO(curve.type << (concurrent ? " concurrent" : " serialised"));
      const auto key =
          opaque(generate(curve.type, curve.group).get(), {.where = {}, .concurrent = concurrent});
      const CipherSuite suite = suite_of(curve.kem);
      std::atomic<bool> good{true};
      std::vector<std::thread> threads;
      for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
          for (int round = 0; round < 10; ++round) {
            if (!carries_a_message(suite, *key)) good = false;
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
      REQUIRE(good);
    }
  }
}
