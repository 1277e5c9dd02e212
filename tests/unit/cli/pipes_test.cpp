// Pipes between runs of the program and others, and signals.
#include <array>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.hpp"
#include "sanitized.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

const Words kReceiverFiles{"gateway.ohttp-keys", "key.pem"};

/// Both ends of a pipe that does not block.
struct Pipe {
  Pipe() {
    int ends[2];
    REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    from = ends[0];
    to = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    end(from);
    end(to);
  }
  static void end(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
  /// Reads to the end.
  std::string read_all() const {
    std::string all;
    while (true) {
      pollfd waiting{from, POLLIN, 0};
      REQUIRE(poll(&waiting, 1, 60000) == 1);
      std::array<char, 1000> some{};
      const ssize_t got = read(from, some.data(), some.size());
      REQUIRE(got >= 0);
      if (got == 0) return all;
      all.append(some.data(), static_cast<std::size_t>(got));
    }
  }
  int from;
  int to;
};

}  // namespace

TEST_CASE("a whole exchange in one pipe: states are read when the message arrives") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  for (const std::string form : {"", " --chunked"}) {
    REQUIRE_FALSE(exists("sender.state"));
    const Ran ran = shell(
        "printf question |"
        "\"$TWOWAY\" seal-request --config gateway.ohttp-keys --state sender.state" +
        form + "| \"$TWOWAY\" open-request --key 1=key.pem --state receiver.state" + form +
        "| sed s/question/answer/ | \"$TWOWAY\" seal-response --state receiver.state" + form +
        "| \"$TWOWAY\" open-response --state sender.state" + form);
    REQUIRE_RAN(ran, 0);
    REQUIRE(ran.out == "answer");
    REQUIRE(unlink("sender.state") == 0);
    REQUIRE(unlink("receiver.state") == 0);
  }
}

TEST_CASE("a reader of a state waits for its message, and starts before there is one") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  make_request();
  open_made_request();
  REQUIRE_RAN(
      program({"seal-response", "--state", "receiver.state", "--out", "response.bin"}, "answer"),
      0);
  const std::string state = read_file("sender.state");
  REQUIRE(unlink("sender.state") == 0);
  Running open(program_words({"open-response", "--state", "sender.state", "--out", "answer.txt"}));
  // It has made its temporary file, and waits.
  wait_until([] { return names_here().size() == 7; });
  write_secret("sender.state", state);
  REQUIRE_RAN(open.finish(read_file("response.bin")), 0);
  REQUIRE(read_file("answer.txt") == "answer");
  REQUIRE(unlink("sender.state") == 0);
  REQUIRE_REFUSED(program({"open-response", "--state", "sender.state"}), 1,
                  "standard input: is empty");
  REQUIRE_REFUSED(program({"open-response", "--state", "sender.state"}, "x"), 3,
                  "sender.state: cannot be read");
}

TEST_CASE("standard input and output that do not block lose nothing") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  const std::string text(1000000, 'x');
  Pipe out;
  Running seal(program_words(
                   {"seal-request", "--chunked", "--config", "gateway.ohttp-keys", "--state", "s"}),
               out.to);
  Pipe::end(out.to);
  Pipe plain;
  const int inherited = dup(out.from);  // without O_CLOEXEC
  Running open({"/bin/sh", "-c",
                "exec \"$TWOWAY\" open-request --chunked --key 1=key.pem --state r <&" +
                    std::to_string(inherited)},
               plain.to);
  Pipe::end(plain.to);
  close(inherited);
  // The opening run waits for input, then both wait for room until someone reads.
  std::thread sender([&] {
    seal.send(text);
    seal.end_input();
  });
  const std::string opened = plain.read_all();
  sender.join();
  REQUIRE(opened == text);
  REQUIRE_RAN(seal.finish(), 0);
  REQUIRE_RAN(open.finish(), 0);
}

TEST_CASE("if standard output fails, the state is taken back") {
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
  REQUIRE_REFUSED(shell(seal + "old.state --force >/dev/full"), 3, failed);
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
}

TEST_CASE("a reader that leaves ends the program quietly, and takes the state back") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  const auto run = [] {
    Pipe out;
    Pipe::end(out.from);
    return Running(
               program_words({"seal-request", "--config", "gateway.ohttp-keys", "--state", "new"}),
               out.to)
        .finish("question");
  };
  const Ran ended = run();
  REQUIRE(ended.signal == SIGPIPE);
  REQUIRE(ended.err.empty());
  REQUIRE(names_here() == kReceiverFiles);
  // In the middle of a stream.
  const Ran head = shell(
      "{ head -c 1000000 /dev/zero | \"$TWOWAY\" seal-request --chunked --config "
      "gateway.ohttp-keys --state new; echo $? >code; } | head -c 10 | wc -c");
  REQUIRE_RAN(head, 0);
  REQUIRE(read_file("code") == "141\n");
  REQUIRE_FALSE(exists("new"));
  REQUIRE(shell("{ \"$TWOWAY\" --help; echo $? >code; } | :").err.empty());
  // If the signal is ignored, the program reports the closed pipe.
  Pipe out;
  Pipe::end(out.from);
  REQUIRE_REFUSED(Running({"/bin/sh", "-c",
                           "trap '' PIPE; exec \"$TWOWAY\" seal-request --config "
                           "gateway.ohttp-keys --state new"},
                          out.to)
                      .finish("question"),
                  3, "standard output: cannot be written");
  REQUIRE_FALSE(exists("new"));
}

TEST_CASE("every signal that ends the program leaves files as they were") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  write_file("request", "old");
  const Words before = names_here();
  for (const int signal : {SIGHUP,    SIGINT,  SIGQUIT, SIGILL,  SIGTRAP,  SIGABRT, SIGBUS,
                           SIGFPE,    SIGUSR1, SIGSEGV, SIGUSR2, SIGALRM,  SIGTERM, SIGXCPU,
                           SIGVTALRM, SIGPROF, SIGPOLL, SIGSYS,  SIGRTMIN, SIGRTMAX}) {
    INFO("signal " << signal);
#ifdef TWOWAY_SANITIZED  // sanitizers report these, and end the program by its exit code
    if (signal == SIGILL || signal == SIGTRAP || signal == SIGABRT || signal == SIGBUS ||
        signal == SIGFPE || signal == SIGSEGV) {
      continue;
    }
#endif
    Running running(program_words(seal_to("request", "state", {"--force"})));
    wait_until([&] { return names_here().size() == before.size() + 2; });
    REQUIRE(kill(running.pid(), signal) == 0);
    REQUIRE(running.finish().signal == signal);
    REQUIRE(names_here() == before);
    REQUIRE(read_file("request") == "old");
  }
}

TEST_CASE("a signal takes back the state of a message that is leaving") {
  if (none_built()) return;
  for (const std::string old : {"", "old"}) {
    const Folder folder;
    make_receiver();
    if (!old.empty()) write_file("state", old);
    const Words before = names_here();
    Running running(program_words(seal_to("-", "state", {"--chunked", "--force"})));
    running.send(std::string(100000, 'x'));
    wait_until([&] { return exists("state") && read_file("state") != old; });
    REQUIRE(kill(running.pid(), SIGTERM) == 0);
    REQUIRE(running.finish().signal == SIGTERM);
    REQUIRE(names_here() == before);
    if (!old.empty()) REQUIRE(read_file("state") == old);
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

TEST_CASE("standard input is read once") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  REQUIRE_REFUSED(
      program({"seal-request", "--config", "-", "--state", "s"}, read_file("gateway.ohttp-keys")),
      2, "standard input can be read once");
  REQUIRE(names_here() == kReceiverFiles);
}
