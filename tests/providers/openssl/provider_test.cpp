#include <twoway/core/hpke.hpp>
#include <twoway/openssl.hpp>

#include "objects.hpp"
#include "offering.hpp"

using namespace twoway::core;
using namespace twoway::test;
namespace openssl = twoway::openssl;

TEST_CASE("the default OpenSSL provider offers everything in the tables") {
  REQUIRE(std::string(openssl::provider().name()) == "openssl");
  REQUIRE(offering(openssl::provider()) == kAll);
  REQUIRE(&openssl::provider() == &openssl::provider());
  REQUIRE(openssl::provider().aead(AeadId::export_only) == nullptr);
  REQUIRE(openssl::provider().native_kem(KemId::dhkem_p256) == nullptr);
}

TEST_CASE("a provider over a library context of its own works, and ends before it") {
  const LibCtx context(OSSL_LIB_CTX_new());
  auto made = openssl::create({.library_context = context.get(), .properties = nullptr});
  REQUIRE_OK(made);
  REQUIRE(offering(**made) == kAll);
  for (const KemParams& kem : kem_table()) {
    carries_a_message(**made, {kem.id, KdfId::hkdf_sha512, AeadId::chacha20_poly1305});
  }
  // Its objects and the default provider's mix.
  const auto kem = Kem::find(**made, KemId::dhkem_p256);
  const auto other = Kem::find(openssl::provider(), KemId::dhkem_p256);
  REQUIRE_OK(kem);
  REQUIRE_OK(other);
  const auto key = kem->generate_key_pair();
  REQUIRE_OK(key);
  const auto pk = other->import_public((*key)->public_key());
  REQUIRE_OK(pk);
  Bytes enc(65);
  SharedSecret sent, received;
  REQUIRE_OK(kem->encap(sent, enc, **pk));
  REQUIRE_OK(other->decap(received, enc, **key));
  REQUIRE(copy(sent.view()) == copy(received.view()));
}

TEST_CASE("properties choose the algorithms that are offered") {
  for (const char* properties : {"provider=default", "?fips=yes"}) {
    INFO(properties);
    auto made = openssl::create({.library_context = nullptr, .properties = properties});
    REQUIRE_OK(made);
    REQUIRE(offering(**made) == kAll);
  }
  for (const char* properties : {"provider=none-of-this-name", "no.such.property=yes"}) {
    INFO(properties);
    const LibCtx context(OSSL_LIB_CTX_new());
    REQUIRE_ERRC(openssl::create({.library_context = context.get(), .properties = properties}),
                 Errc::not_supported);
    REQUIRE_ERRC(openssl::create({.library_context = nullptr, .properties = properties}),
                 Errc::not_supported);
  }
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("the provider offers the algorithms that can be fetched") {
  const LibCtx context(OSSL_LIB_CTX_new());
  // The null provider offers nothing, and loading it keeps the default one from being loaded.
  OSSL_PROVIDER* const null = OSSL_PROVIDER_load(context.get(), "null");
  REQUIRE(null != nullptr);
  const openssl::Options options{.library_context = context.get(), .properties = nullptr};
  REQUIRE_ERRC(openssl::create(options), Errc::not_supported);
  OSSL_PROVIDER* const real = OSSL_PROVIDER_load(context.get(), "default");
  REQUIRE(real != nullptr);
  {
    auto made = openssl::create(options);
    REQUIRE_OK(made);
    REQUIRE(offering(**made) == kAll);
  }
  OSSL_PROVIDER_unload(real);
  OSSL_PROVIDER_unload(null);
}

TEST_CASE("an opaque key may live in another library context than the suite") {
  const LibCtx context(OSSL_LIB_CTX_new());
  for (const char* type : {"X25519", "EC"}) {
    INFO(type);
    const Pkey native =
        generate(type, std::string(type) == "EC" ? "P-256" : nullptr, context.get());
    openssl::OpaqueOptions options;
    options.where.library_context = context.get();
    const auto key = openssl::opaque_key(native.get(), options);
    REQUIRE_OK(key);
    const auto kem = Kem::find(openssl::provider(), (*key)->kem_id());
    REQUIRE_OK(kem);
    const auto pk = kem->import_public((*key)->public_key());
    REQUIRE_OK(pk);
    Bytes enc(kem->params().nenc);
    SharedSecret sent, received;
    REQUIRE_OK(kem->encap(sent, enc, **pk));
    REQUIRE_OK(kem->decap(received, enc, **key));
    REQUIRE(copy(sent.view()) == copy(received.view()));
  }
}
