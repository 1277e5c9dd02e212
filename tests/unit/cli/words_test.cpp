// Words of the program: help, usage, and text from others on its way to a terminal.
#include <algorithm>
#include <sstream>

#include "program.hpp"
#include "text.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

const Words kCommands{"keygen",       "config",        "inspect",       "seal-request",
                      "open-request", "seal-response", "open-response", "seal-multi",
                      "open-multi",   "providers",     "help"};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("help has at most 80 columns, and an example's lines can be pasted") {
  Words names = kCommands;
  names.emplace_back();
  for (const std::string& command : names) {
    Words words{"help"};
    if (!command.empty()) words.push_back(command);
    const Ran help = program(words);
    INFO(help.out);
    REQUIRE_RAN(help, 0);
    std::istringstream lines(help.out);
    std::string line;
    bool continued = false;
    while (std::getline(lines, line)) {
      REQUIRE(line.size() <= 80);
      REQUIRE((line.empty() || line.back() != ' '));
      if (continued) REQUIRE(line.rfind("      ", 0) == 0);
      continued = !line.empty() && line.back() == '\\';
    }
    REQUIRE_FALSE(continued);
    if (command.empty()) {
      REQUIRE(help.out == program({"--help"}).out);
    } else {
      REQUIRE(help.out == program({command, "--help"}).out);
      REQUIRE(help.out == program({command, "-h"}).out);
    }
  }
}

TEST_CASE("the usage line has the required options of a command") {
  const std::string name = program_name();
  const auto usage = [](const std::string& command) {
    return first_line(program({command, "--help"}).out);
  };
  REQUIRE(usage("keygen") == "Usage: " + name + " keygen --kem KEM --out FILE [OPTION...]");
  REQUIRE(usage("seal-request") ==
          "Usage: " + name + " seal-request --config FILE --state FILE [OPTION...]");
  REQUIRE(usage("config") == "Usage: " + name + " config --key ID=KEY... [OPTION...]");
  REQUIRE(usage("inspect") == "Usage: " + name + " inspect [OPTION...] FILE");
  REQUIRE(usage("help") == "Usage: " + name + " help [OPTION...] [COMMAND]");
}

TEST_CASE("the program calls itself by the name that it was called by") {
  const Folder folder;
  const std::string name = program_name();
  REQUIRE(has(program({"--version"}).out, name + " "));
  REQUIRE(program({"frob"}).err == name + ": no command 'frob': see " + name + " --help\n");
  const Ran linked = shell("ln -s \"$TWOWAY\" ohttp && ./ohttp config --help && ./ohttp config");
  REQUIRE(linked.code == 2);
  REQUIRE(has(linked.out, "\n  ohttp config --key 1=key.pem"));
  REQUIRE(linked.err == "ohttp: --key is required: see ohttp config --help\n");
}

TEST_CASE("wrong arguments are named") {
  REQUIRE_REFUSED(program({"seal"}), 2, "no command 'seal', but seal-request, seal-response");
  REQUIRE_REFUSED(program({}), 2, "a command is required: see");
  REQUIRE_REFUSED(program({"help", "frob"}), 2, "no command 'frob'");
  REQUIRE_REFUSED(program({"keygen", "--kem", "p256", "--out", "x", "key.pem"}), 2,
                  "'key.pem' belongs to no option");
  REQUIRE_REFUSED(program({"keygen", "--kem", "p256", "--out", "x", "--frob"}), 2,
                  "no option '--frob'");
  REQUIRE_REFUSED(program({"keygen", "--out", "x", "--kem"}), 2, "--kem needs a value");
  REQUIRE_REFUSED(program({"seal-request", "--config", "a", "--config", "b", "--state", "s"}), 2,
                  "--config can be given once");
}

TEST_CASE("a size may have a unit") {
  if (provider_of(core::KemId::dhkem_x25519) == nullptr) return;
  const Folder folder;
  make_receiver();
  write_file("question", std::string(5000, 'q'));
  const auto seal = [](const std::string& size) {
    return program({"seal-request", "--config", "gateway.ohttp-keys", "--state", "s", "--out", "r",
                    "--force", "--in", "question", "--chunked", "--chunk-size", size});
  };
  // One 20-byte overhead for each chunk of two bytes of length, 18 for a shorter one, an empty
  // last.
  for (const auto& [size, chunks] : {std::pair{"1K", 5}, {"1024", 5}, {"2k", 3}, {"2KiB", 3}}) {
    REQUIRE_RAN(seal(size), 0);
    REQUIRE(read_file("r").size() == 7 + 32 + 5000 + static_cast<std::size_t>(chunks) * 18 + 17);
  }
  for (const char* size : {"0", "-1", "K", "1X", "2G", "1073741825", "99999999999999999999", ""}) {
    INFO(size);
    REQUIRE_REFUSED(seal(size), 2, "--chunk-size: '" + std::string(size) + "'");
  }
}

TEST_CASE("text that controls a terminal is escaped, and all other text is kept") {
  const std::pair<std::string, std::string> cases[]{
      {"plain ~", "plain ~"},
      {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x91",
       "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x91"},
      {"\x1b[2J", "\\x1b[2J"},
      {"a\nb\tc\rd\x7f", "a\\x0ab\\x09c\\x0dd\\x7f"},
      {std::string("nul\0", 4), "nul\\x00"},
      {"\xc2\x9b"
       "31m",
       "\\u009b31m"},
      {"\xe2\x80\xae"
       "gpj.",
       "\\u202egpj."},
      {"\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8f\xd8\x9c\xe2\x80\xa8",
       "\\u2066\\u2069\\u200f\\u061c\\u2028"},
      {"\xff\xc3", "\\xff\\xc3"},
      {"\xc0\x9b\xe0\x82\x9b\xed\xa0\x80", "\\xc0\\x9b\\xe0\\x82\\x9b\\xed\\xa0\\x80"},
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"\xe2\x82", "\\xe2\\x82"},
  };
  for (const auto& [text, expected] : cases) REQUIRE(cli::printable(text) == expected);
}

TEST_CASE("a name in a message never reaches the terminal raw") {
  const Folder folder;
  const std::string name = "\x1b[2J\xe2\x80\xae\xff\n";
  const std::string shown = "\\x1b[2J\\u202e\\xff\\x0a";
  REQUIRE_REFUSED(program({"inspect", name}), 3, shown + ": cannot be read");
  REQUIRE_REFUSED(program({name}), 2, "no command '" + shown + "'");
  REQUIRE_REFUSED(program({"config", "--key", "1=" + name}), built::providers().empty() ? 2 : 3,
                  "");
}
