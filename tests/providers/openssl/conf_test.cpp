// The OpenSSL provider in a process whose OpenSSL is configured by OPENSSL_CONF. The build runs
// this program once for each configuration, with the tag of the expected result.
#include <twoway/twoway.hpp>

#include "objects.hpp"
#include "offering.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

const core::Suite kSuite{KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm};

template <typename Outcome>
void require_reason(const Outcome& outcome, const char* reason) {
  REQUIRE_ERRC(outcome, Errc::not_supported);
  REQUIRE(std::string(outcome.error().message) == reason);
}

}  // namespace

TEST_CASE("everything is offered under this configuration", "[everything]") {
  REQUIRE(openssl::provider().unusable() == nullptr);
  REQUIRE(offering(openssl::provider()) == kAll);
  for (const core::KemParams& kem : core::kem_table()) {
    carries_a_message(openssl::provider(), {kem.id, KdfId::hkdf_sha256, AeadId::aes256_gcm});
  }
  const auto opaque = openssl::opaque_key(generate("1.2.840.10045.2.1", "P-256").get());
  REQUIRE_OK(opaque);
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("an OpenSSL that its configuration leaves without algorithms says so", "[nothing]") {
  const core::Provider& provider = openssl::provider();
  const char* const reason = provider.unusable();
  REQUIRE(reason != nullptr);
  REQUIRE(std::string(reason).find("OPENSSL_CONF") != std::string::npos);
  REQUIRE(std::string(reason).find("default or fips") != std::string::npos);
  for (const auto& row : core::dh_table()) REQUIRE(provider.dh(row.id) == nullptr);
  for (const auto& row : core::kdf_table()) REQUIRE(provider.kdf(row.id) == nullptr);
  for (const auto& row : core::aead_table()) REQUIRE(provider.aead(row.id) == nullptr);

  Bytes random(16, 1);
  const Status filled = provider.rng().fill(random);
  REQUIRE_ERRC(filled, Errc::provider_failure);
  REQUIRE(std::string(filled.error().message) == reason);
  REQUIRE(random == Bytes(16));

  require_reason(Kem::find(provider, KemId::dhkem_p256), reason);
  require_reason(core::CipherSuite::find(provider, kSuite), reason);
  require_reason(
      MemoryReplayFilter::create(provider, {.max_entries = 16, .window = std::chrono::seconds(1)}),
      reason);
  require_reason(framing::find_body_aead(provider, AeadId::aes128_gcm), reason);
  const KeyConfig config{1, KemId::dhkem_x25519, Bytes(32, 9), {{kSuite.kdf, kSuite.aead}}};
  const KeyConfig configs[]{config};
  require_reason(RequestSender::create(provider, configs), reason);
  require_reason(openssl::create({}), reason);
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("an error names a property query that matches nothing", "[nothing]") {
  const auto made = openssl::create({.library_context = nullptr, .properties = "provider=legacy"});
  REQUIRE_ERRC(made, Errc::not_supported);
  REQUIRE(std::string(made.error().message).find("property query") != std::string::npos);
}

TEST_CASE("OPENSSL_CONF does not affect a library context of one's own", "[nothing]") {
  const LibCtx context(OSSL_LIB_CTX_new());
  auto made = openssl::create({.library_context = context.get(), .properties = nullptr});
  REQUIRE_OK(made);
  REQUIRE(offering(**made) == kAll);
  REQUIRE_OK(openssl::KeyStore::open({}));
}
