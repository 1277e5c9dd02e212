// Writing files so that a name has its new content whole, or keeps what it had.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

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
/// unwritable folder shows before any work; the name is given by `publish`. Pipes and devices are
/// written directly, by `publish` too. Without `publish` nothing is left.
class Output {
 public:
  /// Standard output where `path` is "-" or absent.
  Output(const std::optional<std::string>& path, const OutputRules& rules);
  ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// True where both would write the same file.
  bool same_file(const Output& other) const;
  const std::string& name() const noexcept { return name_; }

 private:
  friend void publish(std::initializer_list<struct Publication> all);

  void open_direct(const OutputRules& rules);
  void stage();
  bool staged() const noexcept { return !temp_.path().empty(); }
  void write(ByteView bytes);
  void sync_staged();
  void place(bool keep_old);
  void take_back() noexcept;
  [[noreturn]] void fail(const std::string& did) const;

  std::string name_;
  std::string target_;
  Descriptor fd_;
  mode_t mode_ = 0600;
  bool replace_ = true;
  bool placed_ = false;
  DoomedFile temp_;
  DoomedFile old_;
};

/// What goes where.
struct Publication {
  Output& output;
  ByteView bytes;
};

/// Writes all in the order given, each to its end before the next has its name. Where one fails,
/// those before it are taken back, and older files have their names again. What went into a pipe
/// or device before a failure stays there.
void publish(std::initializer_list<Publication> all);

/// Writes text to standard output.
void print(const std::string& text);

}  // namespace twoway::cli
