#include "named_files.hpp"

#include <compare>
#include <map>

#include <sys/stat.h>
#include <unistd.h>

#include "failure.hpp"
#include "folders.hpp"

namespace twoway::cli {
namespace {

/// One file under all its names.
struct Identity {
  dev_t device;
  ino_t inode;
  std::string new_name;  ///< in the folder `inode`, for a file that does not exist

  auto operator<=>(const Identity&) const = default;
};

struct Found {
  Identity identity;
  mode_t mode;
};

bool look(const std::optional<std::string>& path, int standard, struct stat& info) {
  if (!path || *path == "-") return fstat(standard, &info) == 0;
  return stat(path->c_str(), &info) == 0;
}

std::optional<Found> find(const NamedFile& file, int standard) {
  struct stat info {};
  if (look(file.path, standard, info)) return Found{{info.st_dev, info.st_ino, {}}, info.st_mode};
  if (!file.path || stat(folder_of(*file.path).c_str(), &info) != 0) return std::nullopt;
  const std::string name = file.path->substr(file.path->rfind('/') + 1);  // npos + 1 is 0
  return Found{{info.st_dev, info.st_ino, name}, S_IFREG};
}

bool is_null_device(const Found& found) {
  struct stat info {};
  return stat("/dev/null", &info) == 0 && found.identity.device == info.st_dev &&
         found.identity.inode == info.st_ino;
}

/// Returns false for terminals and sockets, which are read and written at once.
bool only_one_way(mode_t mode) { return !S_ISCHR(mode) && !S_ISSOCK(mode); }

[[noreturn]] void same_file(const NamedFile& first, const NamedFile& second) {
  const bool named = second.path && *second.path != "-";
  const std::string name = named ? *second.path : first.path.value_or("standard input and output");
  throw Failure(Exit::usage, name + ": " + first.option + " and " + second.option +
                                 " name the same file: name two files");
}

}  // namespace

void require_different(const std::vector<NamedFile>& outputs,
                       const std::vector<NamedFile>& inputs) {
  std::map<Identity, NamedFile> written;
  for (const NamedFile& output : outputs) {
    const std::optional<Found> found = find(output, STDOUT_FILENO);
    if (!found || is_null_device(*found)) continue;
    const auto [first, added] = written.try_emplace(found->identity, output);
    if (!added) same_file(first->second, output);
  }
  for (const NamedFile& input : inputs) {
    const std::optional<Found> found = find(input, STDIN_FILENO);
    if (!found || !only_one_way(found->mode)) continue;
    const auto output = written.find(found->identity);
    if (output != written.end()) same_file(input, output->second);
  }
}

}  // namespace twoway::cli
