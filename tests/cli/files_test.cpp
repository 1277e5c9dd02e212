// What is written, and when: nothing under a name unless the command succeeded.
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

bool none_built() { return provider_of(core::KemId::dhkem_x25519) == nullptr; }

Words seal_to(const std::string& out, const std::string& state) {
  return {"seal-request", "--config", "gateway.ohttp-keys", "--out", out, "--state", state};
}

const Words kReceiverFiles{"gateway.ohttp-keys", "key.pem"};

/// Waits for a program to make its temporary files, which it does before it reads its input.
void wait_for_names(std::size_t count) {
  for (int waited = 0; names_here().size() < count; ++waited) {
    REQUIRE(waited < 20000);
    usleep(1000);
  }
}

bool can_make_terminals() {
  const int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ours < 0) WARN("skipped: no terminal can be made here (is /dev/pts mounted?)");
  return ours >= 0 && close(ours) == 0;
}

/// The controlling end of a new terminal, and its other end for a program.
struct Terminal {
  Terminal() : ours(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(ours >= 0);
    REQUIRE(grantpt(ours) == 0);
    REQUIRE(unlockpt(ours) == 0);
    theirs = open(ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(theirs >= 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    close(ours);
    close(theirs);
  }
  bool shows_something() const {
    pollfd poll_fd{ours, POLLIN, 0};
    return poll(&poll_fd, 1, 0) == 1;
  }
  int ours;
  int theirs = -1;
};

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
                           "request.bin", "--out", "out", "--state", "state"}),
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
  REQUIRE_REFUSED(program(seal_to("same", "./same"), "question"), 2, "two files");
  REQUIRE_REFUSED(program(seal_to("-", "-"), "question"), 2, "two files");
  REQUIRE(names_here() == Words{"file", "gateway.ohttp-keys", "key.pem"});
  if (geteuid() == 0) {
    WARN("skipped: folders without write permission do not stop root");
    return;
  }
  REQUIRE(mkdir("closed", 0500) == 0);
  REQUIRE_REFUSED(program(seal_to("closed/request", "s"), "question"), 3, "Permission denied");
  write_file("mine", "old");
  REQUIRE(chmod("mine", 0400) == 0);
  REQUIRE_REFUSED(program(seal_to("mine", "s"), "question"), 3, "Permission denied");
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
  REQUIRE_REFUSED(shell(limited + "--out request --state old.state"), 3,
                  "request: cannot be written");
  REQUIRE(read_file("old.state") == "old state");
  REQUIRE(names_here() == before);
  const Ran keygen = shell(
      "{ (ulimit -f 0; exec \"$TWOWAY\" keygen --kem x25519 --out new.pem) 2>&1; echo $?; } | cat");
  REQUIRE(keygen.out == "twoway: new.pem: cannot be written: File too large\n3\n");
  REQUIRE(names_here() == before);
}

TEST_CASE("where standard output fails, the state is taken back") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  open_made_request();
  write_file("old.state", "old state");
  const Words before = names_here();
  const std::string seal =
      "printf question | \"$TWOWAY\" seal-request --config gateway.ohttp-keys --state ";
  const std::string failed = "standard output: cannot be written";
  REQUIRE_REFUSED(shell(seal + "new.state >/dev/full"), 3, failed);
  REQUIRE_REFUSED(shell(seal + "new.state >&-"), 3, failed);
  REQUIRE_REFUSED(shell(seal + "old.state >/dev/full"), 3, failed);
  REQUIRE_REFUSED(shell(seal + "new.state --out /dev/full"), 3, "/dev/full: cannot be written");
  REQUIRE_REFUSED(shell("\"$TWOWAY\" inspect request.bin >/dev/full"), 3, failed);
  REQUIRE_REFUSED(shell("\"$TWOWAY\" providers --json >/dev/full"), 3, failed);
  REQUIRE_REFUSED(shell("\"$TWOWAY\" --help >/dev/full"), 3, failed);
  REQUIRE_REFUSED(
      shell("printf answer | \"$TWOWAY\" seal-response --state receiver.state >/dev/full"), 3,
      failed);
  REQUIRE(read_file("old.state") == "old state");
  REQUIRE(names_here() == before);
  REQUIRE_RAN(shell(seal + "/dev/null --out /dev/null"), 0);

  int pipe_ends[2];
  REQUIRE(pipe2(pipe_ends, O_CLOEXEC) == 0);
  close(pipe_ends[0]);
  Running broken(
      {program_path(), "seal-request", "--config", "gateway.ohttp-keys", "--state", "new"},
      pipe_ends[1]);
  close(pipe_ends[1]);
  REQUIRE_REFUSED(broken.finish("question"), 3, failed);
  REQUIRE(names_here() == before);
}

TEST_CASE("the state is in place before a message leaves, and both are or neither") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  const auto start = [](const Words& arguments) {
    Words command{program_path()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
  };
  // A folder that takes the name at the last moment makes its rename fail.
  {
    Running running(start(seal_to("-", "state")));
    wait_for_names(3);
    REQUIRE(mkdir("state", 0700) == 0);
    REQUIRE_REFUSED(running.finish("question"), 3, "state: cannot be written");
    REQUIRE(rmdir("state") == 0);
    REQUIRE(names_here() == kReceiverFiles);
  }
  for (const bool old_state : {false, true}) {
    if (old_state) write_file("state", "old state");
    const Words before = names_here();
    Running running(start(seal_to("request", "state")));
    wait_for_names(before.size() + 2);
    REQUIRE(mkdir("request", 0700) == 0);
    REQUIRE_REFUSED(running.finish("question"), 3, "request: cannot be written");
    REQUIRE(rmdir("request") == 0);
    REQUIRE(names_here() == before);
    if (old_state) REQUIRE(read_file("state") == "old state");
  }
}

TEST_CASE("a closed standard input is a failure, not an empty message") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  REQUIRE_REFUSED(
      shell("\"$TWOWAY\" seal-request --config gateway.ohttp-keys --state s --out r <&-"), 3,
      "standard input: cannot be read");
  REQUIRE(names_here() == kReceiverFiles);
}

TEST_CASE("a signal leaves files as they were") {
  if (none_built()) return;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // The test itself may run under nohup, whose children ignore SIGHUP as well.
    const auto before = std::signal(signal, SIG_DFL);
    const Folder folder;
    make_receiver();
    write_file("request", "old");
    Words command{program_path()};
    for (const std::string& word : seal_to("request", "state")) command.push_back(word);
    Running running(command);
    wait_for_names(5);
    REQUIRE_FALSE(exists("state"));
    REQUIRE(kill(running.pid(), signal) == 0);
    REQUIRE(running.finish().signal == signal);
    REQUIRE(names_here() == Words{"gateway.ohttp-keys", "key.pem", "request"});
    REQUIRE(read_file("request") == "old");
    std::signal(signal, before);
  }
}

TEST_CASE("outputs have the permissions that they should") {
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
  REQUIRE_RAN(program(seal_to("request", "state"), "question"), 0);
  REQUIRE(read_file("sub/real").size() > 8);
  REQUIRE(read_file("kept") == "old");
  REQUIRE(mode_of("state") == 0600);
}

TEST_CASE("a file may be opened onto itself") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  REQUIRE_RAN(program({"open-request", "--key", "key.pem", "--key-id", "1", "--in", "request.bin",
                       "--out", "request.bin", "--state", "receiver.state"}),
              0);
  REQUIRE(read_file("request.bin") == "question");
}

TEST_CASE("a state that others can read, or that is none, is refused") {
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
    write_file("receiver.state", bad);
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
  Words command = seal_to("request", "state");
  command.insert(command.end(), {"--in", "large"});
  REQUIRE_REFUSED(program(command), 1, "large: too large");
  REQUIRE(names_here() == Words{"gateway.ohttp-keys", "key.pem", "large"});
}

TEST_CASE("standard input is read once") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  REQUIRE_REFUSED(
      program({"seal-request", "--config", "-", "--state", "s"}, read_file("gateway.ohttp-keys")),
      2, "standard input can be read once");
  REQUIRE(names_here() == kReceiverFiles);
}

#ifdef TWOWAY_PROGRESS_BAR
TEST_CASE("a terminal shows the progress of long work, and of nothing else") {
  if (none_built() || !can_make_terminals()) return;
  const Folder folder;
  make_receiver();
  const auto shown = [](off_t size) {
    REQUIRE(close(open("large", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) == 0);
    REQUIRE(truncate("large", size) == 0);
    const Terminal terminal;
    const Ran ran = shell(
        "\"$TWOWAY\" seal-request --chunked --config gateway.ohttp-keys --in large --out sealed "
        "--state s 2>" +
        std::string(ptsname(terminal.ours)));
    REQUIRE_RAN(ran, 0);
    std::string text(1000, ' ');
    const ssize_t got =
        terminal.shows_something() ? read(terminal.ours, text.data(), text.size()) : ssize_t{0};
    text.resize(static_cast<std::size_t>(got));
    return text;
  };
  REQUIRE(shown(1000).empty());
  REQUIRE(shown(off_t{1} << 26).find("100%") != std::string::npos);
}
#endif

TEST_CASE("sealed bytes go to a terminal only when told to") {
  if (none_built() || !can_make_terminals()) return;
  const Folder folder;
  make_receiver();
  const Words seal{program_path(),       "seal-request", "--config",
                   "gateway.ohttp-keys", "--state",      "s"};
  {
    const Terminal terminal;
    REQUIRE_REFUSED(Running(seal, terminal.theirs).finish("question"), 2, "--out -");
    REQUIRE_FALSE(terminal.shows_something());
    REQUIRE_FALSE(exists("s"));
  }
  const Terminal terminal;
  Words insist = seal;
  insist.insert(insist.end(), {"--out", "-"});
  REQUIRE_RAN(Running(insist, terminal.theirs).finish("question"), 0);
  REQUIRE(terminal.shows_something());
}
