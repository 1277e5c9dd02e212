// Writes files so that a name has its whole new content, or keeps the old one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <twoway/types.hpp>

#include "descriptor.hpp"
#include "signals.hpp"

namespace twoway::cli {

struct OutputRules {
  bool secret = false;    ///< the file's mode is 0600, and a symbolic link is replaced
  bool replace = false;   ///< otherwise an existing file is refused, even a new one
  bool terminal = false;  ///< fit for a terminal
};

/// One output. A file is written under a temporary name beside it, which is made at once so that an
/// unwritable folder shows before any work. `NamingTransaction` gives the file its own name. If
/// that does not happen, the file is removed. Pipes and devices are written directly.
class Output {
 public:
  /// Opens standard output if `path` is "-" or absent. Refuses a key's URI, which names no file.
  Output(const std::optional<std::string>& path, const OutputRules& rules);
  ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Appends.
  void write(ByteView bytes);

  /// Writes everything to the disk or into the pipe and closes it. Reports late write errors. A
  /// second call does nothing.
  void finish();

  /// Returns false for a pipe or device, from which nothing can be taken back.
  bool staged() const noexcept { return staged_; }
  bool is_terminal() const noexcept;
  const std::string& name() const noexcept { return name_; }

 private:
  friend class NamingTransaction;

  void open_direct(const OutputRules& rules);
  void stage();
  void place();
  std::string set_aside() const;
  [[noreturn]] void fail(const std::string& did) const;

  std::string name_;
  std::string target_;
  Descriptor fd_;
  mode_t mode_ = 0600;
  bool replace_ = true;
  bool staged_ = false;
  DoomedFile temp_;
  DoomedFile named_;  ///< the target, from its naming until it is kept
};

/// Gives outputs their names. Unless `commit` was called, the destructor removes the files that it
/// named and gives older files their names back. The outputs must outlive it.
class NamingTransaction {
 public:
  NamingTransaction() = default;
  NamingTransaction(const NamingTransaction&) = delete;
  NamingTransaction& operator=(const NamingTransaction&) = delete;
  ~NamingTransaction();

  /// Finishes all outputs, then names them in the given order. No signal and no other run of the
  /// program comes between two names.
  void name(const std::vector<Output*>& outputs);

  void commit() noexcept;

 private:
  std::vector<Output*> named_outputs_;
};

/// Writes `bytes` to `output` and gives it its name.
void publish(Output& output, ByteView bytes);

/// Writes text to standard output.
void print(const std::string& text);

}  // namespace twoway::cli
