// Output to a terminal.
#include <fcntl.h>
#include <unistd.h>

#include "program.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

void make_large(off_t size) {
  REQUIRE(close(open("large", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) == 0);
  REQUIRE(truncate("large", size) == 0);
}

}  // namespace

TEST_CASE("a terminal shows the progress of long work, and of nothing else") {
  if (none_built() || !Terminal::can_be_made()) return;
  const Folder folder;
  make_receiver();
  const std::string seal =
      "\"$TWOWAY\" seal-request --chunked --force --config gateway.ohttp-keys --state s ";
  const auto shown = [&](const std::string& command, bool output_too = false) {
    Terminal terminal;
    const std::string to = terminal.path();
    const Ran ran = shell(command + (output_too ? " >" + to : "") + " 2>" + to);
    REQUIRE_RAN(ran, 0);
    return terminal.shown();
  };
  make_large(1000);
  REQUIRE(shown(seal + "--in large --out sealed").empty());
  make_large(off_t{1} << 26);
  // Standard output may be a terminal too, as it is when a person types the command.
  for (const bool output_too : {false, true}) {
    const std::string bar = shown(seal + "--in large --out sealed", output_too);
    REQUIRE(bar.find("100% [") != std::string::npos);
    REQUIRE(bar.find("64 MiB") != std::string::npos);
    REQUIRE(bar.back() == '\n');
  }
  // From a pipe, whose size is not known.
  const std::string amount = shown("cat large | " + seal + ">sealed");
  REQUIRE(amount.find("64 MiB") != std::string::npos);
  REQUIRE(amount.find('%') == std::string::npos);
  // Into a file.
  REQUIRE(shell(seal + "--in large --out sealed 2>errors").code == 0);
  REQUIRE(read_file("errors").empty());
}

TEST_CASE("sealed bytes go to a terminal only on request") {
  if (none_built() || !Terminal::can_be_made()) return;
  const Folder folder;
  make_receiver();
  const Words seal =
      program_words({"seal-request", "--config", "gateway.ohttp-keys", "--state", "s"});
  {
    const Terminal terminal;
    REQUIRE_REFUSED(Running(seal, terminal.theirs()).finish("question"), 2, "--out -");
    REQUIRE_FALSE(terminal.shows_something());
    REQUIRE_FALSE(exists("s"));
  }
  const Terminal terminal;
  Words insist = seal;
  insist.insert(insist.end(), {"--out", "-"});
  REQUIRE_RAN(Running(insist, terminal.theirs()).finish("question"), 0);
  REQUIRE(terminal.shows_something());
}
