// Runs the twoway program, and looks at what it leaves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "support.hpp"

namespace twoway::test {

/// How a program ended, and what it wrote.
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
  /// Its output goes to `out`, a descriptor, or is kept if that is -1. With `terminal`, a path, it
  /// has a session of its own with that as its controlling terminal.
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

/// Where the twoway program is.
std::string program_path();

/// How it calls itself.
std::string program_name();

/// Runs twoway with these arguments.
Ran program(const Words& arguments, std::string_view in = {});

/// `arguments` behind the program's path.
Words program_words(const Words& arguments);

/// Waits, a bounded time, until `holds()`; fails the test otherwise.
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
  /// Reads until all that was shown has `words`.
  void wait_for(const std::string& words);
  /// All that was shown until now.
  std::string shown();
  void type(std::string_view keys) const;

 private:
  int ours_;
  int theirs_;
  std::string seen_;
};

/// A shell command, in which "$TWOWAY" is the program.
Ran shell(const std::string& command);

/// A new folder, which is the current one while this lives, and is then removed.
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
std::string read_file(const std::string& path);  ///< fails the test where there is none
bool exists(const std::string& path);
unsigned mode_of(const std::string& path);  ///< permission bits
Words names_here();                         ///< all names in the current folder, sorted

/// `content` with one bit changed at `position`.
std::string flipped(std::string content, std::size_t position);

/// The first provider that offers the KEM, or null.
const core::Provider* provider_of(core::KemId kem);

/// Whether no provider of this build can exchange messages.
bool none_built();

/// A receiver's folder: key.pem, and gateway.ohttp-keys with it as key id 1. X25519 and
/// ChaCha20Poly1305, which every provider offers.
void make_receiver();

/// The arguments of seal-request to the receiver.
Words seal_to(const std::string& out, const std::string& state, const Words& more = {});

/// seal-request of "question" by the receiver's list: request.bin and sender.state,
/// which it may replace.
void make_request();

/// open-request of it: question.txt and receiver.state, which it may replace.
void open_made_request();

}  // namespace twoway::test

/// Checks the exit code, that an error is one line, and what the line says.
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
