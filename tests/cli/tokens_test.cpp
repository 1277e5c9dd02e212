// Keys in tokens through the program: SoftHSM, in a folder of the test's own.
#include <csignal>
#include <cstdlib>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "program.hpp"
#include "soft_token.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

const std::string kModule = SoftToken::module_path();

/// A folder with pin.txt, the PIN of a token called gateway.
class TokenFolder {
 public:
  TokenFolder() { write_secret("pin.txt", "48151623\n"); }

 private:
  Folder folder_;
  SoftToken token_{"gateway", "48151623"};
};

std::string key(const std::string& object, const std::string& pin = "&pin-source=file:pin.txt") {
  return "pkcs11:token=gateway;object=" + object + "?module-path=" + kModule + pin;
}

bool can_run() {
  if (provider_of(core::KemId::dhkem_p256) != nullptr && program({"tokens", "--help"}).code == 0) {
    return true;
  }
  WARN("skipped: there is no P-256, or no PKCS#11, in this build");
  return false;
}

}  // namespace

TEST_CASE("a key is made on a token, listed and used, and the PIN may come from several places",
          "[token]") {
  if (!can_run()) return;
  const TokenFolder token;
  REQUIRE_RAN(program({"keygen", "--kem", "p256", "--out", key("hpke")}), 0);
  REQUIRE_RAN(program({"keygen", "--kem", "x25519", "--out", key("other")}), 0);
  REQUIRE_REFUSED(program({"keygen", "--kem", "p256", "--out", key("hpke")}), 2, "hpke");

  const Ran listed =
      program({"tokens", "--module", kModule, "--keys", "--pin-file", "pin.txt", "--json"});
  REQUIRE_RAN(listed, 0);
  const auto tokens = nlohmann::json::parse(listed.out)["modules"][0]["tokens"];
  REQUIRE(tokens.size() == 1);
  REQUIRE(tokens[0]["label"] == "gateway");
  const auto keys = tokens[0]["keys"];
  REQUIRE(keys.size() == 2);
  std::string uri;
  for (const auto& entry : keys) {
    REQUIRE(entry["derivable"] == true);
    REQUIRE(entry["extractable"] == false);
    if (entry["label"] == "hpke") uri = entry["uri"];
  }
  REQUIRE(uri.find("48151623") == std::string::npos);

  REQUIRE_RAN(program({"config", "--key", "1=" + key("hpke"), "--out", "list"}), 0);
  REQUIRE_RAN(program({"seal-request", "--config", "list", "--state", "ss", "--out", "request"},
                      "question"),
              0);
  const auto open = [](const std::string& name, const Words& more) {
    Words words{"open-request", "--key",   "1=" + name, "--in",
                "request",      "--state", "rs",        "--force"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  for (const Words& command : {open(key("hpke"), {}), open(uri, {"--pin-file", "pin.txt"}),
                               open(key("hpke", ""), {"--pin-env", "GATEWAY_PIN"})}) {
    REQUIRE(setenv("GATEWAY_PIN", "48151623", 1) == 0);
    const Ran opened = program(command);
    REQUIRE_RAN(opened, 0);
    REQUIRE(opened.out == "question");
  }
  const Ran response = shell(
      "printf answer | \"$TWOWAY\" seal-response --state rs | "
      "\"$TWOWAY\" open-response --state ss");
  REQUIRE_RAN(response, 0);
  REQUIRE(response.out == "answer");
}

TEST_CASE("what is wrong with a token or its PIN is said, and the PIN never is", "[token]") {
  if (!can_run()) return;
  const TokenFolder token;
  REQUIRE_RAN(program({"keygen", "--kem", "p256", "--out", key("hpke")}), 0);
  const auto config = [](const std::string& name, const Words& more = {}) {
    Words words{"config", "--key", "1=" + name};
    words.insert(words.end(), more.begin(), more.end());
    return program(words);
  };
  REQUIRE_REFUSED(config(key("hpke", "&pin-value=48151623")), 2, "can be seen by others");
  write_secret("wrong.txt", "31415926");
  const Ran refused = config(key("hpke"), {"--pin-file", "wrong.txt"});
  REQUIRE_REFUSED(refused, 1,
                  "wrong PIN (CKR_PIN_INCORRECT, 0xa0): give the right one with --pin-file or "
                  "--pin-env");
  REQUIRE(refused.err.find("31415926") == std::string::npos);
  REQUIRE_REFUSED(config(key("hpke"), {"--pin-file", "none.txt"}), 3, "none.txt: cannot be read");
  REQUIRE_REFUSED(config(key("hpke"), {"--pin-env", "NOT_SET_AT_ALL"}), 2,
                  "--pin-env NOT_SET_AT_ALL");
  REQUIRE_REFUSED(config(key("none")), 1, "key");
  REQUIRE_REFUSED(config("pkcs11:token=none?module-path=" + kModule), 1,
                  "no token matches (CKR_TOKEN_NOT_PRESENT, 0xe0): ");
  REQUIRE_REFUSED(config("PKCS11:token=my token?module-path=" + kModule), 1, "%20");
  REQUIRE_REFUSED(config("pkcs11:token=gateway?module-path=/no/module.so"), 1,
                  "/no/module.so: cannot open shared object file");
  REQUIRE_REFUSED(config("pkcs11:nonsense"), 1, "pkcs11:nonsense: ");
  REQUIRE_REFUSED(program({"tokens", "--module", "/no/module.so"}), 1, "/no/module.so: ");
}

TEST_CASE("a PIN file that others can read is refused, and one may be a pipe", "[token]") {
  if (!can_run()) return;
  const TokenFolder token;
  REQUIRE_RAN(program({"keygen", "--kem", "p256", "--out", key("hpke")}), 0);
  const std::string config = "\"$TWOWAY\" config --key '1=" + key("hpke", "") +
                             "' --key '2=" + key("hpke", "") + "' --pin-file ";
  REQUIRE_RAN(shell("cat pin.txt | " + config + "/dev/fd/0"), 0);
  REQUIRE(chmod("pin.txt", 0644) == 0);
  REQUIRE_REFUSED(shell(config + "pin.txt"), 1, "pin.txt: others can read");
  REQUIRE_REFUSED(program({"config", "--key", "1=" + key("hpke")}), 1, "pin.txt: others can read");
}

TEST_CASE("a signal at the prompt of a PIN finds the terminal restored", "[token]") {
  if (!can_run() || !Terminal::can_be_made()) return;
  const TokenFolder token;
  REQUIRE_RAN(program({"keygen", "--kem", "p256", "--out", key("hpke")}), 0);
  const Words config = program_words({"config", "--key", "1=" + key("hpke", ""), "--out", "list"});
  for (const auto& [keys, signal] : {std::pair{"\x03", SIGINT}, {"\x1c", SIGQUIT}}) {
    Terminal terminal;
    Running running(config, -1, terminal.path());
    terminal.wait_for("PIN of");
    REQUIRE_FALSE(terminal.echoes());
    terminal.type(keys);
    REQUIRE(running.finish().signal == signal);
    REQUIRE(terminal.echoes());
    REQUIRE(names_here() == Words{"pin.txt"});
  }
  Terminal terminal;
  Running running(config, -1, terminal.path());
  terminal.wait_for("PIN of");
  terminal.type("\x1a");  // Ctrl-Z: the first process of a terminal is not stopped, and asks again
  terminal.wait_for("PIN of");
  terminal.type("48151623\n");
  REQUIRE_RAN(running.finish(), 0);
  REQUIRE(terminal.echoes());
  REQUIRE(terminal.shown().find("48151623") == std::string::npos);
}
