// Outputs: nothing appears under a name unless the command succeeded.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

const Words kReceiverFiles{"gateway.ohttp-keys", "key.pem"};

}  // namespace

TEST_CASE("a failure leaves files as they were") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  write_file("request.bin", flipped(read_file("request.bin"), 40));
  write_file("out", "old plaintext");
  write_file("state", "old state");
  const Words before = names_here();
  REQUIRE_REFUSED(program({"open-request", "--key", "key.pem", "--key-id", "1", "--in",
                           "request.bin", "--out", "out", "--state", "state", "--force"}),
                  1, "request.bin: refused");
  REQUIRE(read_file("out") == "old plaintext");
  REQUIRE(read_file("state") == "old state");
  REQUIRE(names_here() == before);
}

TEST_CASE("an output that cannot be written is an input/output failure, before anything is read") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  write_file("file", "");
  for (const char* bad : {"nowhere/request", "file/request", "."}) {
    REQUIRE_REFUSED(program(seal_to(bad, "s"), "question"), 3, bad);
    REQUIRE_REFUSED(program(seal_to("request", bad), "question"), 3, bad);
  }
  REQUIRE(names_here() == Words{"file", "gateway.ohttp-keys", "key.pem"});
  if (geteuid() == 0) {
    WARN("skipped: folders without write permission do not stop root");
    return;
  }
  REQUIRE(mkdir("closed", 0500) == 0);
  REQUIRE_REFUSED(program(seal_to("closed/request", "s"), "question"), 3, "Permission denied");
  write_file("mine", "old");
  REQUIRE(chmod("mine", 0400) == 0);
  REQUIRE_REFUSED(program(seal_to("mine", "s", {"--force"}), "question"), 3, "Permission denied");
  REQUIRE(read_file("mine") == "old");
}

TEST_CASE("a full disk leaves nothing behind") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  write_file("old.state", "old state");
  const Words before = names_here();
  // Blocks of 512 bytes: the state fits, the message does not.
  const std::string limited =
      "ulimit -f 4; head -c 9000 /dev/zero | \"$TWOWAY\" seal-request --config gateway.ohttp-keys ";
  REQUIRE_REFUSED(shell(limited + "--out request --state state"), 3, "request: cannot be written");
  REQUIRE(names_here() == before);
  REQUIRE_REFUSED(shell(limited + "--force --out request --state old.state"), 3,
                  "request: cannot be written");
  REQUIRE(read_file("old.state") == "old state");
  REQUIRE(names_here() == before);
  const Ran keygen = shell(
      "{ (ulimit -f 0; exec \"$TWOWAY\" keygen --kem x25519 --out new.pem) 2>&1; echo $?; } | cat");
  REQUIRE(keygen.out == program_name() + ": new.pem: cannot be written: File too large\n3\n");
  REQUIRE(names_here() == before);
}

TEST_CASE("the state is in place before a message leaves, and either both files exist or none") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  // A folder that takes the name at the last moment makes the rename fail.
  for (const Words& force : {Words{}, Words{"--force"}}) {
    Running running(program_words(seal_to("-", "state", force)));
    wait_until([] { return names_here().size() == 3; });
    REQUIRE(mkdir("state", 0700) == 0);
    REQUIRE_REFUSED(running.finish("question"), 3,
                    force.empty() ? "state: exists already" : "state: cannot be written");
    REQUIRE(rmdir("state") == 0);
    REQUIRE(names_here() == kReceiverFiles);
  }
  for (const bool old_state : {false, true}) {
    if (old_state) write_file("state", "old state");
    const Words before = names_here();
    Running running(program_words(seal_to("request", "state", {"--force"})));
    wait_until([&] { return names_here().size() == before.size() + 2; });
    REQUIRE(mkdir("request", 0700) == 0);
    REQUIRE_REFUSED(running.finish("question"), 3, "request: cannot be written");
    REQUIRE(rmdir("request") == 0);
    REQUIRE(names_here() == before);
    if (old_state) REQUIRE(read_file("state") == "old state");
  }
}

TEST_CASE("secrets are for their owner alone, and other outputs keep the mode that they replace") {
  if (none_built()) return;
  const Folder folder;
  const mode_t mask = umask(0);
  make_receiver();
  make_request();
  open_made_request();
  REQUIRE(mode_of("key.pem") == 0600);
  REQUIRE(mode_of("sender.state") == 0600);
  REQUIRE(mode_of("receiver.state") == 0600);
  REQUIRE(mode_of("question.txt") == 0666);
  umask(027);
  make_request();
  REQUIRE(mode_of("request.bin") == 0666);  // that of the file that it replaced
  REQUIRE(unlink("request.bin") == 0);
  make_request();
  REQUIRE(mode_of("request.bin") == 0640);
  REQUIRE(chmod("question.txt", 0600) == 0);
  open_made_request();
  REQUIRE(mode_of("question.txt") == 0600);
  umask(mask);
}

TEST_CASE("a symbolic link is followed for a message and replaced for a secret") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  write_file("kept", "old");
  REQUIRE(mkdir("sub", 0700) == 0);
  write_file("sub/real", "old");
  REQUIRE(symlink("sub/real", "request") == 0);
  REQUIRE(symlink("kept", "state") == 0);
  REQUIRE_RAN(program(seal_to("request", "state", {"--force"}), "question"), 0);
  REQUIRE(read_file("sub/real").size() > 8);
  REQUIRE(read_file("kept") == "old");
  REQUIRE(mode_of("state") == 0600);
}

TEST_CASE("a state that others can read, or a file that is not a state, is refused") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  open_made_request();
  const std::string state = read_file("receiver.state");
  const auto seal = [] {
    return program({"seal-response", "--state", "receiver.state"}, "answer");
  };
  for (const mode_t mode : {mode_t{0640}, mode_t{0604}, mode_t{0644}}) {
    REQUIRE(chmod("receiver.state", mode) == 0);
    REQUIRE_REFUSED(seal(), 1, "chmod 600");
  }
  REQUIRE(chmod("receiver.state", 0600) == 0);
  REQUIRE_RAN(seal(), 0);
  for (const std::string& bad :
       {std::string(), state.substr(0, state.size() - 1), state + "x", flipped(state, 0),
        flipped(state, 7), flipped(state, 8), std::string(5000, 'x')}) {
    write_secret("receiver.state", bad);
    REQUIRE_REFUSED(seal(), 1, "receiver.state: ");
  }
  REQUIRE(unlink("receiver.state") == 0);
  REQUIRE_REFUSED(seal(), 3, "receiver.state: cannot be read");
}

TEST_CASE("a message over the limit is refused before it is read") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  REQUIRE(close(open("large", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) == 0);
  REQUIRE(truncate("large", (off_t{1} << 30) + 1) == 0);
  REQUIRE_REFUSED(program(seal_to("request", "state", {"--in", "large"})), 1, "large: too large");
  REQUIRE(names_here() == Words{"gateway.ohttp-keys", "key.pem", "large"});
}
