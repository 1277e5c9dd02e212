// A hybrid's key with its half in a TPM, through the program if it offers ML-KEM, and through one
// with a stand-in for that.
#include <cstdlib>

#include "program.hpp"
#include "swtpm.hpp"

using namespace twoway::test;

TEST_CASE("a TPM that knows P-256 alone holds half of a hybrid's key, by file and by handle") {
  REQUIRE(std::getenv("TWOWAY_STAND_IN") != nullptr);
  Words programs{"TWOWAY_STAND_IN"};
  if (provider_of(twoway::core::KemId::mlkem768_p256) != nullptr) programs.push_back("TWOWAY");
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "tss2.pem"));
  for (const std::string& key : {tpm.path("tss2.pem"), tpm.persist("key", "0x81000100")}) {
    for (const std::string& program : programs) {
      INFO(program << ' ' << key);
      const Folder folder;
      const Ran opened =
          shell("set -e; umask 077; twoway() { \"$" + program +
                "\" \"$@\"; }\n"
                "key='1=mlkem768-p256:seed.pem+" +
                key +
                "'\n"
                "twoway keygen --kem ml-kem-768 --out seed.pem\n"
                "twoway config --key \"$key\" --out list\n"
                "printf question | twoway seal-request --config list --state ss --out request\n"
                "twoway open-request --key \"$key\" --in request --state rs\n");
      REQUIRE_RAN(opened, 0);
      REQUIRE(opened.out == "question");
    }
  }
}
