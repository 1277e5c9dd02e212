// Signals must not leave temporary files behind.
#pragma once

#include <csignal>
#include <cstddef>
#include <initializer_list>
#include <string>

#include <sys/types.h>

namespace twoway::cli {

/// On every signal that would end the program, undoes what is registered and then ends as the
/// signal would have. Signals that are ignored stay ignored. A write to a closed pipe or over the
/// file size limit becomes an error instead. SIGKILL cannot be handled: it leaves `.twoway-` files.
void install_signal_handlers();

/// Ends as SIGPIPE ends a program. Returns if whoever started the program has it ignored.
void end_by_closed_pipe();

/// Keeps the signals that would end the program waiting while it lives.
class SignalsHeld {
 public:
  /// All but those of `let_through`.
  SignalsHeld(std::initializer_list<int> let_through = {});
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

/// A file that goes when its owner or the program ends, unless it is spared.
class DoomedFile {
 public:
  DoomedFile() noexcept = default;
  DoomedFile(const DoomedFile&) = delete;
  DoomedFile& operator=(const DoomedFile&) = delete;
  ~DoomedFile() { remove(); }

  /// Registers `path`. Call with signals held, so that none comes between the file and this.
  void doom(const std::string& path);

  /// The same for a file that took its name from `old`, another name of the former content or
  /// empty. It goes only if `path` still names it, and `old` gets its name back.
  void doom(const std::string& path, const std::string& old);

  /// Forgets the file. What is left of the former content is removed.
  void spare() noexcept;
  void remove() noexcept;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  std::size_t slot_ = 0;  // while `path_` is not empty
};

}  // namespace twoway::cli
