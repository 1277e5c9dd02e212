// Files that are never replaced, and files that must be different ones.
#include <csignal>
#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

#include "program.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

Words open_to(const std::string& out, const std::string& state, const Words& more = {}) {
  Words words{"open-request", "--key", "1=key.pem", "--out", out, "--state", state};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Runs the program under tests/unit/cli/no_links.c.
Words with_shim(const std::string& settings, const Words& arguments) {
  const char* shim = std::getenv("NO_LINKS_SHIM");
  REQUIRE(shim != nullptr);
  // Without this a sanitizer's runtime would have to be the first library.
  Words words{"/usr/bin/env", "LD_PRELOAD=" + std::string(shim), settings,
              "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0"};
  const Words command = program_words(arguments);
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

/// Responds to request.bin and opens the response with sender.state. Returns its text, or "" if
/// request and state do not belong together.
std::string answer_of_pair() {
  open_made_request();
  REQUIRE_RAN(
      program({"seal-response", "--state", "receiver.state", "--out", "response.bin", "--force"},
              read_file("question.txt")),
      0);
  const Ran answer = program({"open-response", "--state", "sender.state", "--in", "response.bin"});
  return answer.code == 0 ? answer.out : "";
}

}  // namespace

TEST_CASE("nothing that exists is replaced without --force") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  open_made_request();
  REQUIRE_RAN(
      program({"seal-response", "--state", "receiver.state", "--out", "response.bin"}, "answer"),
      0);
  REQUIRE_RAN(
      program({"seal-multi", "--to", "gateway.ohttp-keys", "--keys-dir", ".", "--out", "multi.bin"},
              "question"),
      0);
  for (const char* old : {"old", "old.state", "gateway.state", "gateway.encapsulated-key"}) {
    write_file(old, "old");
  }
  REQUIRE(unlink("gateway.state") == 0);
  const Words before = names_here();
  const std::vector<Words> commands{
      {"keygen", "--kem", "x25519", "--out", "old"},
      {"config", "--key", "1=key.pem", "--out", "old"},
      seal_to("old", "new"),
      seal_to("new", "old"),
      open_to("old", "new", {"--in", "request.bin"}),
      open_to("new", "old", {"--in", "request.bin"}),
      {"seal-response", "--state", "receiver.state", "--out", "old"},
      {"open-response", "--state", "sender.state", "--in", "response.bin", "--out", "old"},
      {"seal-multi", "--to", "gateway.ohttp-keys", "--keys-dir", ".", "--out", "old"},
      // One of two files is there. The other, which comes first, is taken back.
      {"seal-multi", "--to", "gateway.ohttp-keys", "--keys-dir", ".", "--out", "new"},
  };
  for (const Words& command : commands) {
    REQUIRE_REFUSED(program(command), 3, "exists already");
    REQUIRE(read_file("old") == "old");
    REQUIRE(names_here() == before);
  }
  REQUIRE(read_file("gateway.encapsulated-key") == "old");
  REQUIRE(symlink("nowhere", "link") == 0);
  REQUIRE_REFUSED(program(seal_to("link", "new")), 3, "exists already");
  REQUIRE_FALSE(exists("nowhere"));
  for (Words command : commands) {
    command.emplace_back("--force");
    REQUIRE_RAN(program(command), 0);
  }
  // A pipe or device is not replaced.
  REQUIRE_RAN(program(seal_to("/dev/null", "/dev/null")), 0);
}

TEST_CASE("a file that is read is never written, under any name and even with --force") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  open_made_request();
  REQUIRE_RAN(
      program({"seal-multi", "--to", "gateway.ohttp-keys", "--keys-dir", ".", "--out", "multi.bin"},
              "question"),
      0);
  REQUIRE(mkdir("sub", 0700) == 0);
  const auto refused = [](Words command, const char* options) {
    const Words before = names_here();
    command.emplace_back("--force");
    REQUIRE_REFUSED(program(command), 2, options + std::string(" name the same file"));
    REQUIRE(names_here() == before);
  };
  for (const std::string file : {"request.bin", "key.pem", "gateway.ohttp-keys", "receiver.state",
                                 "gateway.encapsulated-key"}) {
    const std::string old = read_file(file);
    REQUIRE(symlink(file.c_str(), "soft") == 0);
    REQUIRE(link(file.c_str(), "hard") == 0);
    for (const std::string& name :
         {file, "./" + file, "sub/../" + file, std::string("soft"), std::string("hard")}) {
      INFO(file << " as " << name);
      if (file == "request.bin") {
        refused(open_to(name, "s", {"--in", file}), "--in and --out");
        refused(open_to("o", name, {"--in", file}), "--in and --state");
        refused(seal_to(name, "s", {"--in", file}), "--in and --out");
        REQUIRE_REFUSED(shell("\"$TWOWAY\" open-request --key 1=key.pem --state s --force --out " +
                              name + " <" + file),
                        2, "--in and --out name the same file");
        REQUIRE_REFUSED(
            shell("\"$TWOWAY\" open-request --key 1=key.pem --state s --in " + name + " >>" + file),
            2, "--in and --out name the same file");
      } else if (file == "key.pem") {
        refused(open_to(name, "s", {"--in", "request.bin"}), "--key and --out");
        refused(open_to("o", name, {"--in", "request.bin"}), "--key and --state");
        refused({"config", "--key", "1=" + file, "--out", name}, "--key and --out");
        refused(open_to("o", name, {"--in", "request.bin", "--pin-file", file}), "--state");
      } else if (file == "receiver.state") {
        refused({"seal-response", "--state", file, "--out", name}, "--state and --out");
        refused({"open-response", "--state", file, "--out", name}, "--state and --out");
      } else if (file == "gateway.ohttp-keys") {
        refused(seal_to(name, "s"), "--config and --out");
        refused(seal_to("o", name), "--config and --state");
        refused({"seal-multi", "--to", file, "--keys-dir", "sub", "--out", name}, "--to and --out");
      } else {
        const Words open{"open-multi", "--key", "1=key.pem", "--encapsulated-key",
                         file,         "--in",  "multi.bin"};
        for (const Words& outputs :
             {Words{"--out", name, "--state", "s"}, Words{"--out", "o", "--state", name}}) {
          Words command = open;
          command.insert(command.end(), outputs.begin(), outputs.end());
          refused(command, outputs[1] == name ? "--encapsulated-key and --out"
                                              : "--encapsulated-key and --state");
        }
      }
    }
    REQUIRE(read_file(file) == old);
    REQUIRE(unlink("soft") == 0);
    REQUIRE(unlink("hard") == 0);
  }
}

TEST_CASE("two outputs are two files") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  REQUIRE(mkdir("sub", 0700) == 0);
  write_file("old", "old");
  REQUIRE(link("old", "hard") == 0);
  REQUIRE(symlink("old", "soft") == 0);
  REQUIRE(mkfifo("fifo", 0600) == 0);
  const Words before = names_here();
  const std::string both = "--out and --state name the same file";
  for (const auto& [out, state] : {std::pair{"new", "./new"},
                                   {"new", "sub/../new"},
                                   {"old", "hard"},
                                   {"soft", "old"},
                                   {"hard", "soft"},
                                   {"fifo", "./fifo"},
                                   {"-", "-"}}) {
    INFO(out << ' ' << state);
    REQUIRE_REFUSED(program(seal_to(out, state, {"--force"})), 2, both);
  }
  REQUIRE_REFUSED(shell("\"$TWOWAY\" seal-request --config gateway.ohttp-keys --force --state old "
                        ">>hard"),
                  2, both);
  REQUIRE_REFUSED(program({"seal-multi", "--to", "gateway.ohttp-keys", "--keys-dir", "sub", "--out",
                           "sub/gateway.state"}),
                  2, "--out and --keys-dir");
  REQUIRE(names_here() == before);
  REQUIRE(read_file("old") == "old");
}

TEST_CASE("the name of a key in a token or TPM is refused as an output") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  for (const std::string scheme : {"handle:", "HANDLE:", "pkcs11:", "PKCS11:", "Pkcs11:"}) {
    const std::string name = scheme + "0x81000100";
    INFO(name);
    const Ran made = program({"keygen", "--kem", "x25519", "--out", name});
    REQUIRE(made.code != 0);
    REQUIRE(made.out.empty());
    REQUIRE_REFUSED(program(seal_to(name, "s")), 2, "token or TPM");
    REQUIRE_REFUSED(program(seal_to("o", name)), 2, "token or TPM");
    REQUIRE_REFUSED(program({"config", "--key", "1=key.pem", "--out", name}), 2, "token or TPM");
  }
  REQUIRE(names_here() == Words{"gateway.ohttp-keys", "key.pem"});
  REQUIRE_RAN(program({"keygen", "--kem", "x25519", "--out", "./handle:0x81000100"}), 0);
}

TEST_CASE("a file system without hard links loses nothing") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  const auto run = [](const Words& arguments) {
    return Running(with_shim("NO_LINKS=1", arguments)).finish("question");
  };
  REQUIRE_RAN(run(seal_to("request.bin", "sender.state")), 0);
  REQUIRE(mode_of("sender.state") == 0600);
  REQUIRE(answer_of_pair() == "question");
  const Words before = names_here();
  REQUIRE_REFUSED(run(seal_to("request.bin", "s")), 3, "request.bin: exists already");
  REQUIRE_REFUSED(run(seal_to("r", "sender.state")), 3, "sender.state: exists already");
  REQUIRE(names_here() == before);
  REQUIRE(answer_of_pair() == "question");
  REQUIRE_RAN(run(seal_to("request.bin", "sender.state", {"--force"})), 0);
  REQUIRE(names_here() == before);
  REQUIRE(answer_of_pair() == "question");
  // The state is in place when the request fails, and the old one comes back.
  REQUIRE_REFUSED(run(seal_to("/dev/full", "sender.state", {"--force"})), 3, "/dev/full");
  REQUIRE(names_here() == before);
  REQUIRE(answer_of_pair() == "question");
}

TEST_CASE("of two runs for the same files one writes both") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  const Words seal = seal_to("request.bin", "sender.state", {"--force"});
  Running first(with_shim("PAUSE_AT=request.bin", seal));
  first.send("first");
  first.end_input();
  wait_until([] { return exists("paused"); });  // its state has the name, its request not yet
  Running second(with_shim("SHOW_WAITING=1", seal));
  second.send("second");
  second.end_input();
  wait_until([] { return exists("waiting"); });
  write_file("go", "");
  REQUIRE_RAN(first.finish(), 0);
  REQUIRE_RAN(second.finish(), 0);
  REQUIRE(answer_of_pair() == "second");
}

TEST_CASE("a run that fails leaves the files of another run") {
  if (none_built()) return;
  for (const bool old : {false, true}) {
    const Folder folder;
    make_receiver();
    if (old) write_file("state", "old");
    Words stream = seal_to("-", "state", {"--chunked", "--force"});
    Running first(program_words(stream));
    first.send(std::string(100000, 'x'));
    wait_until([] { return exists("state") && read_file("state") != "old"; });
    REQUIRE_RAN(program(seal_to("request", "state", {"--force"}), "question"), 0);
    const std::string state = read_file("state");
    REQUIRE(kill(first.pid(), SIGTERM) == 0);
    REQUIRE(first.finish().signal == SIGTERM);
    REQUIRE(read_file("state") == state);
    REQUIRE(names_here() == Words{"gateway.ohttp-keys", "key.pem", "request", "state"});
  }
}
