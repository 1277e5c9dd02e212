// The folders that outputs are written to.
#pragma once

#include <string>
#include <vector>

#include "descriptor.hpp"

namespace twoway::cli {

std::string folder_of(const std::string& path);

/// The distinct folders of some files.
class Folders {
 public:
  explicit Folders(const std::vector<std::string>& files);

  /// Keeps other runs from naming files in these folders as long as the object lives. Waits for a
  /// run that does, at most 10 seconds, and returns false after that. Skips a folder that cannot be
  /// locked, because it is not readable or its file system has no locks.
  bool lock() noexcept;

  /// Makes new names durable, if the file systems can.
  void sync() const noexcept;

 private:
  std::vector<Descriptor> folders_;
};

/// Renames `from` to `to` if that name is free, atomically among callers of this function. Returns
/// false with errno set, to EEXIST if the name is taken. Needs no hard links.
bool rename_to_free(const std::string& from, const std::string& to) noexcept;

}  // namespace twoway::cli
