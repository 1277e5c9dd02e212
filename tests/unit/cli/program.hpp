// Runs the twoway program, and inspects its output and files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "support.hpp"

namespace twoway::test {

/// The end of a program, and its output.
struct Ran {
  int code;    ///< exit code, or -1 after a signal
  int signal;  ///< or 0
  std::string out;
  std::string err;
  long peak = 0;  ///< most memory in KiB
};

using Words = std::vector<std::string>;

/// A process with an open pipe as its standard input.
class Running {
 public:
  /// Starts it. Its output goes to the descriptor `out`, or is kept if that is -1. With the path
  /// `terminal`, it has a session of its own with that as its controlling terminal.
  Running(const Words& command, int out = -1, const std::string& terminal = {});
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  int pid() const { return pid_; }
  /// Writes to its standard input, which stays open.
  void send(std::string_view in);
  /// Closes its standard input.
  void end_input();
  /// Writes `in`, closes the pipe and waits for the end.
  Ran finish(std::string_view in = {});

 private:
  int pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
};

/// Returns the path of the twoway program.
std::string program_path();

/// Returns the name by which it calls itself.
std::string program_name();

/// Runs twoway with these arguments.
Ran program(const Words& arguments, std::string_view in = {});

/// Returns the program's path and `arguments`.
Words program_words(const Words& arguments);

/// Waits a bounded time until `holds()`, and fails the test after that.
template <typename Condition>
void wait_until(Condition holds) {
  for (int waited = 0; !holds(); ++waited) {
    REQUIRE(waited < 20000);
    usleep(1000);
  }
}

/// The controlling end of a new terminal, and its other end for a program.
class Terminal {
 public:
  Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  static bool can_be_made();  ///< warns if not

  int ours() const { return ours_; }
  int theirs() const { return theirs_; }
  std::string path() const;
  bool shows_something() const;
  bool echoes() const;
  /// Reads until the text shown so far contains `words`.
  void wait_for(const std::string& words);
  /// Returns the text shown so far.
  std::string shown();
  void type(std::string_view keys) const;

 private:
  int ours_;
  int theirs_;
  std::string seen_;
};

/// Runs a shell command, in which "$TWOWAY" is the program.
Ran shell(const std::string& command);

/// A new folder. It is the current one as long as this lives, and is then removed.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

 private:
  std::string path_;
};

void write_file(const std::string& path, std::string_view content);
void write_secret(const std::string& path, std::string_view content);  ///< for its owner alone
std::string read_file(const std::string& path);  ///< fails the test if there is none
bool exists(const std::string& path);
unsigned mode_of(const std::string& path);  ///< permission bits
Words names_here();                         ///< all names in the current folder, sorted

/// Returns `content` with one bit changed at `position`.
std::string flipped(std::string content, std::size_t position);

/// Returns the first provider that offers the KEM, or null.
const core::Provider* provider_of(core::KemId kem);

/// Returns true if no provider of this build can exchange messages.
bool none_built();

/// Makes a receiver's files: key.pem, and gateway.ohttp-keys with it as key id 1. They use X25519
/// and ChaCha20Poly1305, which every provider offers.
void make_receiver();

/// Returns the arguments of seal-request to the receiver.
Words seal_to(const std::string& out, const std::string& state, const Words& more = {});

/// Runs seal-request on "question" with the receiver's list. Writes or replaces request.bin and
/// sender.state.
void make_request();

/// Runs open-request on it. Writes or replaces question.txt and receiver.state.
void open_made_request();

}  // namespace twoway::test

/// Checks the exit code, that an error is one line, and its words.
#define REQUIRE_RAN(ran, expected)                        \
  do {                                                    \
    const twoway::test::Ran twoway_ran = (ran);           \
    INFO(#ran << "\n" << twoway_ran.err);                 \
    REQUIRE(twoway_ran.code == (expected));               \
    if ((expected) == 0) REQUIRE(twoway_ran.err.empty()); \
  } while (false)

#define REQUIRE_REFUSED(ran, expected, words)                                   \
  do {                                                                          \
    const twoway::test::Ran twoway_ran = (ran);                                 \
    INFO(#ran << "\n" << twoway_ran.err);                                       \
    REQUIRE(twoway_ran.code == (expected));                                     \
    REQUIRE(twoway_ran.out.empty());                                            \
    REQUIRE(twoway_ran.err.rfind(twoway::test::program_name() + ": ", 0) == 0); \
    REQUIRE(twoway_ran.err.find('\n') == twoway_ran.err.size() - 1);            \
    REQUIRE(twoway_ran.err.find(words) != std::string::npos);                   \
  } while (false)
