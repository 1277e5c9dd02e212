// A directory of its own for a test. The functions that prepare tests and the benchmark throw if
// they fail, and each program reports that in its own way.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace twoway::test {

/// Throws `what` if `good` is false.
inline void must(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

/// A new directory, removed with its content in the end. It is in memory if the system has such a
/// place, because SoftHSM writes and syncs at each login.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = ::access(memory.c_str(), W_OK | X_OK) == 0;
    std::string pattern =
        ((in_memory ? memory : std::filesystem::temp_directory_path()) / "twoway-XXXXXX").string();
    must(::mkdtemp(pattern.data()) != nullptr, "no temporary directory can be made");
    path_ = pattern;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace twoway::test
