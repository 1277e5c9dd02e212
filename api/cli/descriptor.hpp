// Owned file descriptors, and reading and writing that handles every interruption.
#pragma once

#include <utility>

#include <unistd.h>

#include <twoway/types.hpp>

namespace twoway::cli {

/// A file descriptor, closed at the end if it is owned.
class Descriptor {
 public:
  Descriptor() noexcept = default;
  explicit Descriptor(int fd) noexcept : fd_(fd), owned_(fd >= 0) {}
  static Descriptor borrow(int fd) noexcept {
    Descriptor descriptor(fd);
    descriptor.owned_ = false;
    return descriptor;
  }
  Descriptor(Descriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), owned_(std::exchange(other.owned_, false)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
      owned_ = std::exchange(other.owned_, false);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  explicit operator bool() const noexcept { return fd_ >= 0; }
  int get() const noexcept { return fd_; }

  /// Closes at once. Returns false, with errno set, if the system reports a late write error.
  bool close() noexcept {
    const int fd = std::exchange(fd_, -1);
    return !std::exchange(owned_, false) || ::close(fd) == 0;
  }

 private:
  int fd_ = -1;
  bool owned_ = false;
};

/// Writes all bytes, also to a descriptor that does not block. Returns false, with errno set, if
/// not all could be written.
bool write_all(int fd, ByteView bytes) noexcept;

/// Reads up to out.size() bytes, also from a descriptor that does not block. `out` is not empty.
/// Returns the number, 0 at the end, or -1 with errno set after an error.
ssize_t read_some(int fd, ByteSpan out) noexcept;

/// Waits until bytes can be read or the input ends. Returns false for a pipe that ended empty.
bool wait_for_bytes(int fd) noexcept;

}  // namespace twoway::cli
