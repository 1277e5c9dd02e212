// Runs the test in C of keys in tokens.
#include <fstream>

#include <twoway/c/bridge.hpp>

#include "provider_cases.h"
#include "soft_token.hpp"

TEST_CASE("keys in tokens in C") {
  const twoway::Provider* provider = twoway::test::provider_for(twoway::KemId::dhkem_p256);
  if (provider == nullptr) {
    WARN("no provider of this build offers P-256");
    return;
  }
  const twoway::test::SoftToken token;
  const std::string pin_file = (token.directory() / "pin").string();
  std::ofstream(pin_file) << twoway::test::kPin << '\n';
  token_keys(twoway::c::handle(*provider),
             (std::string("pkcs11:token=gateway?module-path=") + SOFTHSM_MODULE).c_str(),
             twoway::test::kPin, pin_file.c_str());
}
