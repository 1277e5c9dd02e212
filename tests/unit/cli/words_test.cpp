// Words of the program: help, sizes, and text from others on its way to a terminal.
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
