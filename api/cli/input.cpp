#include "input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.hpp"

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
    std::fputs("twoway: reading from the terminal; Ctrl-D ends it\n", stderr);
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
  mode_ = info.st_mode;
  size_ = static_cast<std::uint64_t>(info.st_size);
}

void Input::cannot_read(int error) const {
  throw Failure(Exit::io, name_ + ": cannot be read: " + std::strerror(error));
}

Result<std::size_t> Input::read(ByteSpan out) const noexcept {
  while (true) {
    const ssize_t got = ::read(fd_.get(), out.data(), out.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) {
      return Error{Errc::source_failed, "cannot be read", static_cast<std::uint64_t>(errno)};
    }
  }
}

std::unique_ptr<Source> Input::source(Progress& progress) const {
  return from_function([this, &progress](ByteSpan out) {
    Result<std::size_t> got = read(out);
    if (got) progress.add(*got);
    return got;
  });
}

core::SecretBuffer read_input(const std::optional<std::string>& path, const InputRules& rules) {
  const Input input(path);
  if (rules.secret && input.exposed()) {
    throw Failure(Exit::refused, input.name() + ": others can read this secret: chmod 600 it, or " +
                                     "make it anew if someone may have");
  }
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
