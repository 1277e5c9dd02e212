// Removes temporary files if a signal ends the program.
#pragma once

#include <csignal>
#include <cstddef>
#include <initializer_list>
#include <string>

#include <sys/types.h>

namespace twoway::cli {

/// Handles every signal that would end the program: removes or restores the registered files, then
/// lets the signal end the program. Ignored signals stay ignored. A write to a closed pipe or over
/// the file size limit becomes an error instead. SIGKILL cannot be handled and leaves `.twoway-`
/// files.
void install_signal_handlers();

/// Ends the program by SIGPIPE. Returns if the signal was ignored when the program started.
void end_by_closed_pipe();

/// Blocks the signals that would end the program as long as it lives.
class SignalsHeld {
 public:
  /// Blocks all but those of `let_through`.
  SignalsHeld(std::initializer_list<int> let_through = {});
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

/// A file that is removed when its owner or the program ends, unless it is spared.
class DoomedFile {
 public:
  DoomedFile() noexcept = default;
  DoomedFile(const DoomedFile&) = delete;
  DoomedFile& operator=(const DoomedFile&) = delete;
  ~DoomedFile() { remove(); }

  /// Registers `path`. Hold the signals from before the file is made until this returns.
  void doom(const std::string& path);

  /// Registers a file that has replaced another. `old` is the second name of the former content, or
  /// empty. The file is removed only if `path` still names it. The former content then gets its
  /// name back.
  void doom(const std::string& path, const std::string& old);

  /// Keeps the file, and removes the former content.
  void spare() noexcept;
  void remove() noexcept;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  std::size_t slot_ = 0;  // while `path_` is not empty
};

}  // namespace twoway::cli
