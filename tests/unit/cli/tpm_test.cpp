// Keys in a TPM through the program: a swtpm of the test's own.
#include "program.hpp"
#include "swtpm.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

bool can_run() {
  if (provider_of(core::KemId::dhkem_p256) != nullptr) return true;
  WARN("skipped: no provider of this build offers P-256");
  return false;
}

/// Returns the commands of a receiver with these keys.
struct Receiver {
  Words options;

  Ran run(Words words) const {
    words.insert(words.end(), options.begin(), options.end());
    return program(words);
  }
  Ran config() const { return run({"config", "--out", "list", "--force"}); }
  Ran open() const { return run({"open-request", "--in", "request", "--state", "rs", "--force"}); }
};

void seal_request(const std::string& key_id) {
  REQUIRE_RAN(program({"seal-request", "--config", "list", "--key-id", key_id, "--state", "ss",
                       "--out", "request", "--force"},
                      "question"),
              0);
}

void answer() {
  REQUIRE_RAN(program({"seal-response", "--state", "rs", "--out", "response", "--force"}, "answer"),
              0);
  const Ran answered = program({"open-response", "--state", "ss", "--in", "response"});
  REQUIRE_RAN(answered, 0);
  REQUIRE(answered.out == "answer");
}

/// Runs a whole exchange in a new folder.
void exchange(const Receiver& receiver, const std::string& key_id) {
  const Folder folder;
  REQUIRE_RAN(receiver.config(), 0);
  seal_request(key_id);
  const Ran opened = receiver.open();
  REQUIRE_RAN(opened, 0);
  REQUIRE(opened.out == "question");
  answer();
}

}  // namespace

TEST_CASE("a TPM's keys open requests, by file and by handle, alone and beside a key file") {
  if (!can_run()) return;
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "tss2.pem"));
  const std::string handle = tpm.persist("key", "0x81000100");
  const std::string software = tpm.path("software.pem");
  REQUIRE_RAN(program({"keygen", "--kem", "p256", "--out", software}), 0);
  for (const std::string& key : {tpm.path("tss2.pem"), handle}) {
    INFO(key);
    exchange({{"--key", "7=" + key}}, "7");
    for (const char* id : {"1", "2"})
      exchange({{"--key", "1=" + software, "--key", "2=" + key}}, id);
  }
}

TEST_CASE("a TPM key's authorisation value has the sources of a PIN") {
  if (!can_run()) return;
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "tss2.pem", "-pkeyopt user-auth:48151623"));
  const std::string handle = tpm.persist("key", "0x81000101", "48151623") + "?pass";
  write_secret(tpm.path("pin.txt"), "48151623\n");
  write_secret(tpm.path("wrong.txt"), "31415926\n");
  for (const std::string& key : {tpm.path("tss2.pem"), handle}) {
    INFO(key);
    const std::string named = "1=" + key;
    exchange({{"--key", named, "--pin-file", tpm.path("pin.txt")}}, "1");
    const Folder folder;
    const Ran refused = Receiver{{"--key", named, "--pin-file", tpm.path("wrong.txt")}}.config();
    REQUIRE_REFUSED(refused, 1, "refused");
    REQUIRE(refused.err.find("31415926") == std::string::npos);
    REQUIRE(names_here().empty());
  }
}

TEST_CASE("errors name what is wrong with a TPM, and a TPM that is back serves again") {
  if (!can_run()) return;
  Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "tss2.pem"));
  const std::string handle = tpm.persist("key", "0x81000100");
  const Folder folder;
  const Receiver by_nothing{{"--key", "1=handle:0x81000109"}};
  REQUIRE_REFUSED(by_nothing.config(), 1, "handle:0x81000109: ");

  const Receiver by_file{{"--key", "1=" + tpm.path("tss2.pem")}};
  const Receiver by_handle{{"--key", "1=" + handle}};
  REQUIRE_RAN(by_file.config(), 0);
  seal_request("1");
  REQUIRE_REFUSED(by_handle.open(), 1, "");  // another key of the same id
  REQUIRE(!exists("rs"));

  tpm.stop();
  for (const Receiver& receiver : {by_file, by_handle}) {
    REQUIRE_REFUSED(receiver.open(), 1, "TPM2OPENSSL_TCTI");
  }
  tpm.start();
  const Ran opened = by_file.open();
  REQUIRE_RAN(opened, 0);
  REQUIRE(opened.out == "question");
  answer();
}
