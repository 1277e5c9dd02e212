// Processes that end while static objects hold keys.
#include "token_keys.hpp"

using namespace twoway;
using test::SoftToken;

TEST_CASE("keys, rings and tokens in static objects end cleanly with the process") {
  const SoftToken token;
  {
    const auto opened = pkcs11::Token::open(test::location(), test::with_pin());
    REQUIRE_OK(opened);
    const Provider& crypto = *test::provider_for(KemId::dhkem_x25519);
    REQUIRE_OK(opened->generate_key(crypto, KemId::dhkem_x25519, {"hpke", {}}));
  }
  struct Route {
    std::string module, environment;
  };
  std::vector<Route> routes{{SoftToken::module_path(), ""}};
  // The spy loads the module itself, when its functions are asked for.
  if (*PKCS11_SPY != '\0') {
    routes.push_back({PKCS11_SPY, std::string("PKCS11SPY_OUTPUT=/dev/null PKCS11SPY=") +
                                      SoftToken::module_path()});
  } else {
    WARN("no way through pkcs11-spy.so, which is not installed");
  }
  for (const Route& route : routes) {
    for (const std::string what : {"key", "ring", "token", "child"}) {
      INFO(what << " in " << route.module);
      const std::string uri = "pkcs11:token=gateway;object=hpke?module-path=" + route.module;
      REQUIRE_NOTHROW(
          token.run(route.environment + " " STATIC_OBJECTS " " + what + " '" + uri + "'"));
    }
  }
}
