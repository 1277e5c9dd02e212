#include "input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "failure.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

constexpr std::size_t kReadSize = 64 * 1024;

bool is_stdin(const std::optional<std::string>& path) { return !path || *path == "-"; }

Descriptor open_input(const std::optional<std::string>& path) {
  if (!is_stdin(path)) return Descriptor(open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  static bool taken = false;
  if (taken) {
    throw Failure(Exit::usage, "standard input can be read once: name a file for the other");
  }
  taken = true;
  if (!path && isatty(STDIN_FILENO) != 0) {
    say("reading from the terminal: Ctrl-D ends the input");
  }
  return Descriptor::borrow(STDIN_FILENO);
}

[[noreturn]] void too_large(const Input& input, std::size_t max, const char* what) {
  throw Failure(Exit::refused, input.name() + ": too large: " + what + " has at most " +
                                   std::to_string(max) + " bytes");
}

}  // namespace

std::string input_name(const std::optional<std::string>& path) {
  return is_stdin(path) ? "standard input" : *path;
}

Input::Input(const std::optional<std::string>& path)
    : name_(input_name(path)), fd_(open_input(path)) {
  struct stat info {};
  if (!fd_ || fstat(fd_.get(), &info) != 0) cannot_read(errno);
  if (!S_ISREG(info.st_mode)) return;
  size_ = static_cast<std::uint64_t>(info.st_size);
}

void Input::cannot_read(int error) const {
  throw Failure(Exit::io, name_ + ": cannot be read: " + std::strerror(error));
}

void Input::require_private(const char* what) const {
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0) cannot_read(errno);
  const mode_t others = info.st_mode & 077;
  if (!S_ISREG(info.st_mode) || info.st_nlink == 0 || others == 0) return;
  if (info.st_uid != geteuid() && (others & 07) == 0) return;
  struct statvfs mount {};
  if (fstatvfs(fd_.get(), &mount) == 0 && (mount.f_flag & ST_RDONLY) != 0) return;
  throw Failure(Exit::refused, name_ + ": others can read or change this file, which holds " +
                                   what +
                                   ": chmod 600 it, and replace the secret if someone may "
                                   "have read it");
}

Result<std::size_t> Input::read(ByteSpan out) const noexcept {
  const ssize_t got = read_some(fd_.get(), out);
  if (got >= 0) return static_cast<std::size_t>(got);
  return Error{Errc::source_failed, "cannot be read", static_cast<std::uint64_t>(errno)};
}

std::unique_ptr<Source> Input::source(Progress& progress) const {
  return from_function([this, &progress](ByteSpan out) {
    Result<std::size_t> got = read(out);
    if (got) progress.add(*got);
    return got;
  });
}

core::SecretBuffer read_input(const std::optional<std::string>& path, const InputRules& rules) {
  return read_input(Input(path), rules);
}

core::SecretBuffer read_input(const Input& input, const InputRules& rules) {
  if (rules.secret) input.require_private(rules.what);
  require_size(input, rules.max, rules.what);
  core::SecretBuffer bytes;
  while (true) {
    const std::size_t size = bytes.size();
    bytes.resize(size + kReadSize);
    const Result<std::size_t> got = input.read(ByteSpan(bytes).subspan(size));
    if (!got) input.cannot_read(static_cast<int>(got.error().native));
    bytes.resize(size + *got);
    if (bytes.size() > rules.max) too_large(input, rules.max, rules.what);
    if (*got == 0) return bytes;
  }
}

void require_size(const Input& input, std::size_t max, const char* what) {
  if (input.size() && *input.size() > max) too_large(input, max, what);
}

}  // namespace twoway::cli
