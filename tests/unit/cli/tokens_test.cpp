// Keys in tokens through the program: SoftHSM, in a folder of the test's own.
#include <algorithm>
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

 public:
  const SoftToken& token() const { return token_; }
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

TEST_CASE("a key is made in a token, listed and used, and the PIN may come from several places",
          "[token]") {
  if (!can_run()) return;
  const TokenFolder token;
  REQUIRE_RAN(program({"keygen", "--kem", "p256", "--out", key("hpke")}), 0);
  REQUIRE_RAN(program({"keygen", "--kem", "x25519", "--out", key("other")}), 0);
  REQUIRE_REFUSED(program({"keygen", "--kem", "p256", "--out", key("hpke")}), 2, "hpke");

  const Ran listed = program({"tokens", "--module", kModule, "--token", "gateway", "--keys",
                              "--pin-file", "pin.txt", "--json"});
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

TEST_CASE("errors name what is wrong with a token or its PIN, and never the PIN", "[token]") {
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
}

TEST_CASE("a token that cannot be listed is reported, and the others are listed", "[token]") {
  if (!can_run()) return;
  const TokenFolder token;
  const auto listed = [](const std::string& more) {
    // Without a terminal the program cannot ask for a PIN.
    return shell("setsid -w \"$TWOWAY\" tokens --module /no/module.so --module " + kModule + more);
  };
  const Ran text = listed("");
  REQUIRE(text.code == 1);
  REQUIRE(text.out.find("module /no/module.so: failed: ") != std::string::npos);
  REQUIRE(text.out.find("token gateway (") != std::string::npos);
  REQUIRE(text.err.rfind(program_name() + ": /no/module.so: ", 0) == 0);

  const Ran json = listed(" --keys --json");
  REQUIRE(json.code == 1);
  REQUIRE(json.err.find("/no/module.so: ") != std::string::npos);
  REQUIRE(json.err.find("token gateway, serial ") != std::string::npos);
  const auto modules = nlohmann::json::parse(json.out)["modules"];
  REQUIRE(modules.size() == 2);
  REQUIRE(modules[0]["error"].is_string());
  REQUIRE(modules[0]["tokens"].is_null());
  REQUIRE(modules[1]["error"].is_null());
  const auto& entry = modules[1]["tokens"][0];
  REQUIRE(entry["label"] == "gateway");
  REQUIRE(entry["keys"].is_null());
  REQUIRE(entry["error"].get<std::string>().find("--pin-file") != std::string::npos);
}

TEST_CASE("a PIN goes to the token that was named, and to no other", "[token]") {
  if (!can_run()) return;
  const TokenFolder token;
  token.token().run(
      "softhsm2-util"
      " --init-token --free --label other --so-pin 31415926 --pin 31415926");
  const Words all{"tokens", "--module", kModule, "--keys", "--pin-file", "pin.txt"};
  REQUIRE_REFUSED(program(all), 2, "--token LABEL");
  const auto named = [&all](const std::string& name) {
    Words words = all;
    words.insert(words.end(), {"--token", name});
    return program(words);
  };
  const Ran one = named("gateway");
  REQUIRE_RAN(one, 0);
  REQUIRE(one.out.find("token gateway (") != std::string::npos);
  REQUIRE(one.out.find("token other (") == std::string::npos);
  REQUIRE_REFUSED(named("pkcs11:"), 2, "2 tokens match");
  REQUIRE(named("none").code == 1);
  REQUIRE(named("none").err.find("no token 'none'") != std::string::npos);

  // One PIN does not go to the tokens of several keys either.
  REQUIRE_RAN(program({"keygen", "--kem", "p256", "--out", key("hpke")}), 0);
  const std::string other = "pkcs11:token=other;object=hpke?module-path=" + kModule;
  REQUIRE_REFUSED(program({"config", "--key", "1=" + key("hpke"), "--key", "2=" + other,
                           "--pin-file", "pin.txt"}),
                  2, "pin-source");

  const RawModule module;
  REQUIRE(module.initialize() == CKR_OK);
  REQUIRE((module.token_info("other").flags & CKF_USER_PIN_COUNT_LOW) == 0);
  REQUIRE(module->C_Finalize(nullptr) == CKR_OK);
}

TEST_CASE("the prompt names the token, by its label and serial number", "[token]") {
  if (!can_run() || !Terminal::can_be_made()) return;
  const TokenFolder token;
  Terminal terminal;
  Running running(program_words({"tokens", "--keys", "--module", kModule}), -1, terminal.path());
  terminal.wait_for("PIN of token gateway, serial ");
  terminal.type("48151623\n");
  REQUIRE_RAN(running.finish(), 0);
}

TEST_CASE("labels of tokens and keys are escaped as text, and valid as JSON", "[token]") {
  if (!can_run()) return;
  const TokenFolder token;
  for (const char* label : {"%1b%5b31mred", "%e2%80%aegnp", "%ff%fe"}) {
    REQUIRE_RAN(program({"keygen", "--kem", "p256", "--out", key(label)}), 0);
  }
  Words words{"tokens",  "--module", kModule,      "--token",
              "gateway", "--keys",   "--pin-file", "pin.txt"};
  const Ran text = program(words);
  REQUIRE_RAN(text, 0);
  for (const char* shown : {"key \\x1b[31mred,", "key \\u202egnp,", "key \\xff\\xfe,"}) {
    INFO(text.out);
    REQUIRE(text.out.find(shown) != std::string::npos);
  }
  words.emplace_back("--json");
  const Ran json = program(words);
  REQUIRE_RAN(json, 0);
  REQUIRE(std::all_of(json.out.begin(), json.out.end(),
                      [](char c) { return c == '\n' || (c >= ' ' && c < 0x7f); }));
  std::vector<std::string> labels;
  const auto shown = nlohmann::json::parse(json.out);
  for (const auto& entry : shown["modules"][0]["tokens"][0]["keys"]) {
    labels.push_back(entry["label"]);
  }
  std::sort(labels.begin(), labels.end());
  REQUIRE(labels ==
          std::vector<std::string>{"\x1b[31mred", "\xe2\x80\xaegnp", "\xef\xbf\xbd\xef\xbf\xbd"});
}

TEST_CASE("the scheme of a URI may have any case", "[token]") {
  if (!can_run()) return;
  const Folder folder;
  REQUIRE_REFUSED(program({"config", "--key", "1=PKCS11:nonsense"}), 1, "PKCS11:nonsense: ");
  REQUIRE_REFUSED(program({"keygen", "--kem", "p256", "--out", "Pkcs11:nonsense"}), 1,
                  "Pkcs11:nonsense: ");
  REQUIRE(names_here().empty());
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

/// Returns true if the process waits, after its prompt for what is typed. A signal that comes
/// between the prompt and that would be noticed at the next key alone.
static bool sleeps(int pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  return stat.substr(stat.rfind(')') + 2, 1) == "S";
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
    wait_until([&] { return sleeps(running.pid()); });
    terminal.type(keys);
    REQUIRE(running.finish().signal == signal);
    REQUIRE(terminal.echoes());
    REQUIRE(names_here() == Words{"pin.txt"});
  }
  Terminal terminal;
  Running running(config, -1, terminal.path());
  terminal.wait_for("PIN of");
  wait_until([&] { return sleeps(running.pid()); });
  terminal.type("\x1a");  // Ctrl-Z: the first process of a terminal is not stopped, and asks again
  terminal.wait_for("PIN of");
  terminal.type("48151623\n");
  REQUIRE_RAN(running.finish(), 0);
  REQUIRE(terminal.echoes());
  REQUIRE(terminal.shown().find("48151623") == std::string::npos);
}
