// A directory of one's own. What prepares tests and the benchmark throws where it fails: either
// says so in its own way.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace twoway::test {

/// Throws `what` where `good` is false.
inline void must(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

/// A new directory, removed in the end with all that is in it. In memory where the system has such
/// a place: SoftHSM writes and syncs at each login.
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
