// Reads files and standard input: whole into memory that is wiped, or as a stream.
#pragma once

#include <optional>
#include <string>

#include <twoway/source.hpp>

#include "descriptor.hpp"
#include "progress.hpp"

namespace twoway::cli {

inline constexpr std::size_t kMaxMessage = std::size_t{1} << 30;     ///< a whole message
inline constexpr std::size_t kMaxKeyConfigs = std::size_t{1} << 20;  ///< a list of configurations
inline constexpr std::size_t kMaxState = 4096;                       ///< a response state

/// An open file, or standard input if `path` is "-" or absent. Standard input works once.
class Input {
 public:
  explicit Input(const std::optional<std::string>& path);

  /// Returns the name for messages.
  const std::string& name() const noexcept { return name_; }
  /// Returns the size of a regular file.
  const std::optional<std::uint64_t>& size() const noexcept { return size_; }
  /// Refuses the secret `what` if others can read or change its file: if the file has permissions
  /// for the group or for all. Accepts
  ///   - pipes, devices and files without a name,
  ///   - another owner's file for a group alone,
  ///   - files of a mount that is read-only, as secrets are mounted into containers.
  void require_private(const char* what) const;

  /// Waits for the first bytes or the end. Returns false for a pipe that ended empty.
  bool wait() const noexcept { return wait_for_bytes(fd_.get()); }

  /// Reads up to out.size() bytes and returns their number, 0 at the end. `out` is not empty. Fails
  /// with source_failed and errno.
  Result<std::size_t> read(ByteSpan out) const noexcept;

  /// Returns a source of the whole input. Borrows this and `progress`.
  std::unique_ptr<Source> source(Progress& progress) const;

  [[noreturn]] void cannot_read(int error) const;

 private:
  std::string name_;
  Descriptor fd_;
  std::optional<std::uint64_t> size_;
};

struct InputRules {
  std::size_t max;      ///< largest size in bytes
  const char* what;     ///< "a message", for that error
  bool secret = false;  ///< refuse a file that others can read
};

/// Reads an input to its end.
core::SecretBuffer read_input(const Input& input, const InputRules& rules);
core::SecretBuffer read_input(const std::optional<std::string>& path, const InputRules& rules);

/// Refuses an input of more than `max` bytes, if its size is known.
void require_size(const Input& input, std::size_t max, const char* what);

/// Returns the name of an input for messages.
std::string input_name(const std::optional<std::string>& path);

}  // namespace twoway::cli
