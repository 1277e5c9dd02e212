// Reading files and standard input: whole into memory that is wiped, or as a stream.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include <twoway/source.hpp>

#include "descriptor.hpp"
#include "progress.hpp"

namespace twoway::cli {

inline constexpr std::size_t kMaxMessage = std::size_t{1} << 30;     ///< a whole message
inline constexpr std::size_t kMaxKeyConfigs = std::size_t{1} << 20;  ///< a list of configurations
inline constexpr std::size_t kMaxState = 4096;                       ///< a response state

/// An open file; standard input where `path` is "-" or absent, which works once.
class Input {
 public:
  explicit Input(const std::optional<std::string>& path);

  /// How messages call it.
  const std::string& name() const noexcept { return name_; }
  /// Bytes of a regular file.
  const std::optional<std::uint64_t>& size() const noexcept { return size_; }
  /// Whether others than its owner can read the file.
  bool exposed() const noexcept { return size_ && (mode_ & 077) != 0; }

  /// Up to out.size() bytes, which are not 0; none at the end. Errors: source_failed, with errno.
  Result<std::size_t> read(ByteSpan out) const noexcept;

  /// A source of all that it holds, which borrows both.
  std::unique_ptr<Source> source(Progress& progress) const;

  [[noreturn]] void cannot_read(int error) const;

 private:
  std::string name_;
  Descriptor fd_;
  mode_t mode_ = 0;
  std::optional<std::uint64_t> size_;
};

struct InputRules {
  std::size_t max;      ///< bytes; more is refused
  const char* what;     ///< "a message", for that error
  bool secret = false;  ///< refuse a file that others can read
};

/// Reads a file to its end.
core::SecretBuffer read_input(const std::optional<std::string>& path, const InputRules& rules);

/// Refuses an input of more than `max` bytes, where that is seen from its size.
void require_size(const Input& input, std::size_t max, const char* what);

/// How messages call an input.
std::string input_name(const std::optional<std::string>& path);

}  // namespace twoway::cli
