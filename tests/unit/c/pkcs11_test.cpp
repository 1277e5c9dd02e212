// Runs the test in C of keys in tokens.
#include <fstream>

#include "cpp.hpp"
#include "provider_cases.h"
#include "soft_token.hpp"

using namespace twoway;

namespace {

/// A provider that offers P-256, or null if this build has none.
const core::Provider* p256_provider() {
  const auto all = built::providers();
  const auto provider = std::ranges::find_if(all, [](const core::Provider* p) {
    return core::Kem::find(*p, core::KemId::dhkem_p256).ok();
  });
  if (provider == all.end()) WARN("no provider of this build offers P-256");
  return provider == all.end() ? nullptr : *provider;
}

}  // namespace

TEST_CASE("lists of tokens and keys in C") {
  const core::Provider* provider = p256_provider();
  if (provider == nullptr) return;
  const test::SoftToken token;
  token_lists(c::handle(*provider), test::SoftToken::module_path(), test::kPin);
}

TEST_CASE("keys in tokens in C") {
  const core::Provider* provider = p256_provider();
  if (provider == nullptr) return;
  const test::SoftToken token;
  const std::string pin_file = (token.directory() / "pin").string();
  std::ofstream(pin_file) << test::kPin << '\n';
  const std::string uri =
      std::string("pkcs11:token=gateway?module-path=") + test::SoftToken::module_path();
  token_keys(c::handle(*provider), uri.c_str(), test::kPin, pin_file.c_str());
}

TEST_CASE("NULL is refused in the place of every pointer of the header of tokens in C") {
  const core::Provider* provider = p256_provider();
  if (provider == nullptr) return;
  const test::SoftToken token;
  const std::string module_path = test::SoftToken::module_path();
  const std::string uri = "pkcs11:token=gateway?module-path=" + module_path;
  token_null_calls(c::handle(*provider), uri.c_str(), module_path.c_str());
}
