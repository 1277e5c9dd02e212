// A progress bar for long work.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

namespace twoway::cli {

/// Shows on standard error how much of an input is read, where that is a terminal, the input's size
/// is known and large, and nothing else is written to the terminal.
class Progress {
 public:
  explicit Progress(const std::optional<std::uint64_t>& size);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void add(std::size_t size) noexcept;

 private:
  struct Bar;
  std::unique_ptr<Bar> bar_;
};

}  // namespace twoway::cli
