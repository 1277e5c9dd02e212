// Runs the test in C of keys in a TPM, with a swtpm of its own.
#include "cpp.hpp"
#include "provider_cases.h"
#include "swtpm.hpp"

TEST_CASE("keys in a TPM in C") {
  const twoway::test::Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem"));
  const std::string handle = tpm.persist("locked", "0x81000100", "secret");
  tpm_keys(tpm.path("key.pem").c_str(), handle.c_str(), "secret");
}
