// The OpenSSL provider over a validated module. TWOWAY_FIPS_CONF names the configuration, in which
// the default OpenSSL provider is active too: only the property query keeps it out.
#include <cstdlib>

#include <twoway/twoway.hpp>

#include "objects.hpp"
#include "offering.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

/// A library context with the FIPS module, and the provider over it.
struct Module {
  Module() : context(OSSL_LIB_CTX_new()) {
    const char* const conf = std::getenv("TWOWAY_FIPS_CONF");
    REQUIRE(conf != nullptr);
    REQUIRE(OSSL_LIB_CTX_load_config(context.get(), conf) == 1);
    REQUIRE(OSSL_PROVIDER_available(context.get(), "fips") == 1);
    REQUIRE(OSSL_PROVIDER_available(context.get(), "default") == 1);
    auto made = openssl::create({.library_context = context.get(), .properties = "fips=yes"});
    REQUIRE_OK(made);
    provider = std::move(*made);
  }

  bool has(const char* algorithm) const {
    EVP_KEYMGMT* const found = EVP_KEYMGMT_fetch(context.get(), algorithm, "fips=yes");
    ERR_clear_error();
    EVP_KEYMGMT_free(found);
    return found != nullptr;
  }

  LibCtx context;
  std::unique_ptr<const core::Provider> provider;
};

void exchange(const core::Provider& crypto, core::Suite suite) {
  auto kem = Kem::find(crypto, suite.kem);
  REQUIRE_OK(kem);
  auto key = kem->generate_key_pair();
  REQUIRE_OK(key);
  KeyRing ring(crypto);
  REQUIRE_OK(ring.add(1, std::move(*key), {{suite.kdf, suite.aead}}));
  const auto configs = ring.key_configs();
  REQUIRE_OK(configs);
  auto sender = RequestSender::create(crypto, *configs);
  REQUIRE_OK(sender);
  auto request = sender->seal(as_bytes("question"), {.whole = "a/b"});
  REQUIRE_OK(request);
  auto opened = RequestReceiver{ring}.open(request->message, {.whole = "a/b"});
  REQUIRE_OK(opened);
  REQUIRE(copy(opened->plaintext) == copy(as_bytes("question")));
  auto reply = opened->response_sealer.seal(as_bytes("answer"), {.whole = "c/d"});
  REQUIRE_OK(reply);
  auto answer = request->response_opener.open(*reply, {.whole = "c/d"});
  REQUIRE_OK(answer);
  REQUIRE(copy(*answer) == copy(as_bytes("answer")));
}

}  // namespace

TEST_CASE("a FIPS module offers the approved algorithms, and each passes its check") {
  const Module module;
  REQUIRE(offering(*module.provider) == Offering{3, 5, 2});
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("every suite of a FIPS module makes whole exchanges, or HPKE's with a one-stage KDF") {
  const Module module;
  std::vector<KemId> kems{KemId::dhkem_p256, KemId::dhkem_p384, KemId::dhkem_p521};
  if (module.has("ML-KEM-768")) {
    for (const KemId id : {KemId::ml_kem_512, KemId::ml_kem_768, KemId::ml_kem_1024,
                           KemId::mlkem768_p256, KemId::mlkem1024_p384}) {
      kems.push_back(id);
    }
  }
  for (const KemId kem : kems) {
    for (const core::KdfParams& kdf : core::kdf_table()) {
      if (module.provider->kdf(kdf.id) == nullptr) continue;
      for (const AeadId aead : {AeadId::aes128_gcm, AeadId::aes256_gcm}) {
        INFO("kem " << static_cast<int>(kem) << ", kdf " << static_cast<int>(kdf.id) << ", aead "
                    << static_cast<int>(aead));
        if (kdf.stages == core::KdfStages::two) exchange(*module.provider, {kem, kdf.id, aead});
        carries_a_message(*module.provider, {kem, kdf.id, aead});
      }
    }
  }
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("what a FIPS module does not approve is refused with a reason") {
  const Module module;
  for (const KemId id : {KemId::dhkem_x25519, KemId::dhkem_x448, KemId::mlkem768_x25519}) {
    INFO("kem " << static_cast<int>(id));
    const auto kem = Kem::find(*module.provider, id);
    REQUIRE_ERRC(kem, Errc::not_supported);
    REQUIRE(std::string(kem.error().message).find("choose another suite") != std::string::npos);
  }
  REQUIRE(module.provider->aead(AeadId::chacha20_poly1305) == nullptr);
  const auto suite = core::CipherSuite::find(
      *module.provider, {KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::chacha20_poly1305});
  REQUIRE_ERRC(suite, Errc::not_supported);
  REQUIRE(std::string(suite.error().message).find("does not offer this AEAD") != std::string::npos);
  const KeyConfig config{
      1, KemId::dhkem_x25519, Bytes(32, 9), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}}};
  const KeyConfig configs[]{config};
  REQUIRE_ERRC(RequestSender::create(*module.provider, configs), Errc::not_supported);
  REQUIRE(ERR_peek_error() == 0);
}
