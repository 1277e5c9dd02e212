// A hybrid's key with its half in a TPM, through a program with a stand-in for ML-KEM.
#include <cstdlib>

#include "program.hpp"
#include "swtpm.hpp"

using namespace twoway::test;

TEST_CASE("a TPM that knows P-256 alone holds half of a hybrid's key, by file and by handle") {
  REQUIRE(std::getenv("TWOWAY_STAND_IN") != nullptr);
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "tss2.pem"));
  for (const std::string& key : {tpm.path("tss2.pem"), tpm.persist("key", "0x81000100")}) {
    INFO(key);
    const Folder folder;
    const Ran opened = shell(
        "set -e; umask 077; twoway() { \"$TWOWAY_STAND_IN\" \"$@\"; }\n"
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
