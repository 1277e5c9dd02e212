#include "folders.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <map>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace twoway::cli {
namespace {

bool lock_folder(int folder) noexcept {
  constexpr int kTries = 1000;
  constexpr timespec kPause{0, 10'000'000};
  for (int tries = 0; tries < kTries; ++tries) {
    if (flock(folder, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return true;  // the file system has no locks
    nanosleep(&kPause, nullptr);
  }
  return false;
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// Sorts the folders by their numbers, so that two runs with the same folders cannot deadlock.
Folders::Folders(const std::vector<std::string>& files) {
  std::map<std::string, Descriptor> by_path;
  for (const std::string& file : files) {
    const auto [place, added] = by_path.try_emplace(folder_of(file));
    if (!added) continue;
    place->second = Descriptor(open(place->first.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  std::map<std::pair<dev_t, ino_t>, Descriptor> by_number;
  for (auto& [path, folder] : by_path) {
    struct stat info {};
    if (!folder || fstat(folder.get(), &info) != 0) continue;
    by_number.try_emplace({info.st_dev, info.st_ino}, std::move(folder));
  }
  for (auto& [number, folder] : by_number) folders_.push_back(std::move(folder));
}

bool Folders::lock() noexcept {
  return std::all_of(folders_.begin(), folders_.end(),
                     [](const Descriptor& folder) { return lock_folder(folder.get()); });
}

void Folders::sync() const noexcept {
  for (const Descriptor& folder : folders_) static_cast<void>(fsync(folder.get()));
}

bool rename_to_free(const std::string& from, const std::string& to) noexcept {
#ifdef RENAME_NOREPLACE
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return false;
#endif
  // Some file systems cannot do that. Then an empty file takes the name first.
  const Descriptor taken(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!taken) return false;
  if (rename(from.c_str(), to.c_str()) == 0) return true;
  const int error = errno;
  unlink(to.c_str());
  errno = error;
  return false;
}

}  // namespace twoway::cli
