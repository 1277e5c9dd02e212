// Keys of a token do what software keys do.
#include "soft_token.hpp"

using namespace twoway;

TEST_CASE("a key that is generated on the token receives requests") {
  const test::SoftToken directory;
  const auto token = pkcs11::Token::open(directory.location(), test::with_pin());
  REQUIRE_OK(token);
  for (const KemId kem : test::kTokenKems) {
    const Provider* crypto = test::provider_for(kem);
    if (crypto == nullptr) continue;
    INFO(core::find_kem(kem)->name);
    const std::string label = core::find_kem(kem)->short_name;
    auto made = token->generate_key(*crypto, kem, {label, {}});
    REQUIRE_OK(made);
    REQUIRE((*made)->kem_id() == kem);
    REQUIRE_OK(test::exchange(*crypto, std::move(*made)));

    auto opened = pkcs11::open_key(*crypto, directory.uri(label), test::with_pin());
    REQUIRE_OK(opened);
    REQUIRE_OK(test::exchange(*crypto, std::move(*opened)));
  }
}
