// Writing files so that a name has its new content whole, or keeps what it had.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <twoway/names.hpp>

#include "descriptor.hpp"
#include "signals.hpp"

namespace twoway::cli {

struct OutputRules {
  bool secret = false;    ///< the file's mode is 0600, and a symbolic link is replaced
  bool replace = true;    ///< else an existing file is refused, whoever made it when
  bool terminal = false;  ///< fit for a terminal
};

/// One output. A file is written under a temporary name beside it, made at once so that an
/// unwritable folder shows before any work; `Names` gives it its own. Without that nothing is left.
/// Pipes and devices are written directly.
class Output {
 public:
  /// Standard output where `path` is "-" or absent.
  Output(const std::optional<std::string>& path, const OutputRules& rules);
  ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Appends.
  void write(ByteView bytes);

  /// False for a pipe or device, from which nothing can be taken back.
  bool staged() const noexcept { return staged_; }

  /// True where both would write the same file.
  bool same_file(const Output& other) const;
  const std::string& name() const noexcept { return name_; }

 private:
  friend class Names;

  void open_direct(const OutputRules& rules);
  void stage();
  void finish();
  void place();
  void take_back() noexcept;
  [[noreturn]] void fail(const std::string& did) const;

  std::string name_;
  std::string target_;
  Descriptor fd_;
  mode_t mode_ = 0600;
  bool replace_ = true;
  bool staged_ = false;
  bool placed_ = false;
  DoomedFile temp_;
  DoomedFile old_;
};

/// Gives finished outputs their names. What it named is taken back when it ends, and older files
/// have their names again, unless `keep` was called. The outputs outlive it.
class Names {
 public:
  Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  ~Names();

  /// In the order given, each written to its end before the next has its name. No signal comes
  /// between two names. Of a pipe or device, shows late write errors.
  void give(std::initializer_list<Output*> outputs);

  void keep() noexcept { given_.clear(); }

 private:
  std::vector<Output*> given_;
};

/// Writes `bytes` to `output` and gives it its name.
void publish(Output& output, ByteView bytes);

/// Writes text to standard output.
void print(const std::string& text);

}  // namespace twoway::cli
