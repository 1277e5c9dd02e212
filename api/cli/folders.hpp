// The folders in which files get their names.
#pragma once

#include <string>
#include <vector>

#include "descriptor.hpp"

namespace twoway::cli {

std::string folder_of(const std::string& path);

/// The folders of some files, each once.
class Folders {
 public:
  explicit Folders(const std::vector<std::string>& files);

  /// Keeps other runs from naming files there while this lives. Waits for those that do, 10 seconds
  /// at most; false after that. A folder that cannot be locked, because it is not readable or its
  /// file system has no locks, is left out.
  bool lock() noexcept;

  /// Makes new names durable, as far as the file systems can.
  void sync() const noexcept;

 private:
  std::vector<Descriptor> folders_;
};

/// Renames `from` to `to` if that name is free, in one step for everyone who does so. False with
/// errno set, EEXIST if the name is taken. Needs no hard links.
bool rename_to_free(const std::string& from, const std::string& to) noexcept;

}  // namespace twoway::cli
