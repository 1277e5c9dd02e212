// The end of the program: an exit code, and one line that says what to do.
#pragma once

#include <exception>
#include <string>

#include <twoway/types.hpp>

namespace twoway::cli {

enum class Exit : int {
  done = 0,
  refused = 1,  ///< a message, key, state or key configuration is refused
  usage = 2,    ///< the arguments are wrong
  io = 3,       ///< a file cannot be read or written, or the system gives no random bytes
};

/// Ends a command. `what` is one line for standard error, without the program's name.
class Failure : public std::exception {
 public:
  Failure(Exit code, std::string line) : code_(code), line_(std::move(line)) {}
  Exit code() const noexcept { return code_; }
  const char* what() const noexcept override { return line_.c_str(); }

 private:
  Exit code_;
  std::string line_;
};

/// The reader of an output is gone, as in `twoway ... | head`.
class ClosedPipe final : public Failure {
 public:
  using Failure::Failure;
};

/// Returns the exit code for an error of the library.
Exit exit_code(Errc code) noexcept;

/// Returns the failure for `error`. `about` names the file that it concerns, or is empty.
Failure failure(const Error& error, const std::string& about);

/// Returns the value of `result`, or throws its failure.
template <typename T>
T require(Result<T> result, const std::string& about = {}) {
  if (!result) throw failure(result.error(), about);
  return std::move(*result);
}
inline void require(Status status, const std::string& about = {}) {
  if (!status) throw failure(status.error(), about);
}

/// Writes to standard error.
void tell(const std::string& text) noexcept;

/// Writes one line to standard error, after the program's name, with `line` made printable.
void say(const std::string& line);

}  // namespace twoway::cli
