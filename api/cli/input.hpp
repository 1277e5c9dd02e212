// Reading files and standard input into memory that is wiped.
#pragma once

#include <optional>
#include <string>

#include <twoway/names.hpp>

namespace twoway::cli {

inline constexpr std::size_t kMaxMessage = std::size_t{1} << 30;     ///< a whole message
inline constexpr std::size_t kMaxKeyConfigs = std::size_t{1} << 20;  ///< a list of configurations
inline constexpr std::size_t kMaxState = 4096;                       ///< a response state

/// What was read, with room before and after it so that it can be sealed in place.
class Input {
 public:
  Input(SecretBytes storage, std::size_t front, std::size_t size, std::size_t back)
      : storage_(std::move(storage)), front_(front), size_(size), back_(back) {}

  /// What was read.
  ByteSpan body() noexcept { return storage_.span().subspan(front_, size_); }
  ByteView view() const noexcept { return storage_.view().subspan(front_, size_); }
  /// The same with its room.
  ByteSpan whole() noexcept { return storage_.span().first(front_ + size_ + back_); }

 private:
  SecretBytes storage_;
  std::size_t front_;
  std::size_t size_;
  std::size_t back_;
};

struct InputRules {
  std::size_t max;        ///< bytes; more is refused
  const char* what;       ///< "a message", for that error
  bool secret = false;    ///< refuse a file that others can read
  std::size_t front = 0;  ///< room before
  std::size_t back = 0;   ///< room after
};

/// Reads a file to its end; standard input where `path` is "-" or absent, which works once.
Input read_input(const std::optional<std::string>& path, const InputRules& rules);

/// How messages call an input.
std::string input_name(const std::optional<std::string>& path);

}  // namespace twoway::cli
