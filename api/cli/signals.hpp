// Signals must not leave temporary files behind.
#pragma once

#include <csignal>
#include <cstddef>
#include <string>

namespace twoway::cli {

/// On SIGINT, SIGTERM and SIGHUP removes the registered files, then ends as the signal would
/// have. A write to a closed pipe or over the file size limit becomes an error instead.
void install_signal_handlers();

/// Keeps those signals waiting while it lives.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

/// The name of a file that a signal or its owner's end removes. Empty names none.
class DoomedFile {
 public:
  DoomedFile() noexcept = default;
  DoomedFile(const DoomedFile&) = delete;
  DoomedFile& operator=(const DoomedFile&) = delete;
  ~DoomedFile() { remove(); }

  /// Registers `path`. Call with signals held, so that none comes between the file and this.
  void doom(const std::string& path);
  /// Forgets the file: it has another name now.
  void spare() noexcept;
  void remove() noexcept;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  std::size_t slot_ = 0;  // while `path_` is not empty
};

}  // namespace twoway::cli
