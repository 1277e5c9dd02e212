#include "input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor.hpp"
#include "failure.hpp"

namespace twoway::cli {
namespace {

constexpr std::size_t kFirstRead = 64 * 1024;

bool is_stdin(const std::optional<std::string>& path) { return !path || *path == "-"; }

[[noreturn]] void too_large(const std::string& name, const InputRules& rules) {
  throw Failure(Exit::refused, name + ": too large: " + rules.what + " has at most " +
                                   std::to_string(rules.max) + " bytes");
}

[[noreturn]] void cannot_read(const std::string& name) {
  throw Failure(Exit::io, name + ": cannot be read: " + std::strerror(errno));
}

Descriptor open_input(const std::optional<std::string>& path, const std::string& name) {
  if (is_stdin(path)) {
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
  Descriptor fd(open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) cannot_read(name);
  return fd;
}

/// A buffer of `capacity` bytes that starts with the first `used` bytes of `old`.
SecretBytes grown(const SecretBytes& old, std::size_t used, std::size_t capacity) {
  SecretBytes bytes(capacity);
  if (used != 0) std::memcpy(bytes.span().data(), old.view().data(), used);
  return bytes;
}

}  // namespace

std::string input_name(const std::optional<std::string>& path) {
  return is_stdin(path) ? "standard input" : *path;
}

Input read_input(const std::optional<std::string>& path, const InputRules& rules) {
  const std::string name = input_name(path);
  const Descriptor fd = open_input(path, name);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) cannot_read(name);
  const bool regular = S_ISREG(info.st_mode);
  if (rules.secret && regular && (info.st_mode & 077) != 0) {
    throw Failure(Exit::refused, name + ": others can read this secret: chmod 600 it, or make it " +
                                     "anew if someone may have");
  }

  const auto stated = regular ? static_cast<std::size_t>(info.st_size) : 0;
  if (stated > rules.max) too_large(name, rules);

  // Room for one byte more than the file has, so that its end is seen without growing.
  const auto wanted = regular ? stated + 1 : kFirstRead;
  const auto capacity_for = [&](std::size_t body) {
    return rules.front + std::min(body, rules.max + 1) + rules.back;
  };
  SecretBytes storage(capacity_for(wanted));
  std::size_t size = 0;
  while (true) {
    std::size_t room = storage.size() - rules.front - rules.back - size;
    if (room == 0) {
      storage = grown(storage, rules.front + size, capacity_for(2 * size + kFirstRead));
      room = storage.size() - rules.front - rules.back - size;
    }
    const ssize_t got = read(fd.get(), storage.span().data() + rules.front + size, room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) cannot_read(name);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > rules.max) too_large(name, rules);
  }
  return {std::move(storage), rules.front, size, rules.back};
}

}  // namespace twoway::cli
