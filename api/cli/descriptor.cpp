#include "descriptor.hpp"

#include <cerrno>

#include <poll.h>

namespace twoway::cli {
namespace {

/// Returns true if a failed read or write should be tried again. Waits if the descriptor does not
/// block: another process with the same pipe or terminal may have made it so.
bool retry(int fd, short events) noexcept {
  if (errno == EINTR) return true;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
  pollfd waiting{fd, events, 0};
  return poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

}  // namespace

bool write_all(int fd, ByteView bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t wrote = write(fd, bytes.data(), bytes.size());
    if (wrote >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    } else if (!retry(fd, POLLOUT)) {
      return false;
    }
  }
  return true;
}

ssize_t read_some(int fd, ByteSpan out) noexcept {
  while (true) {
    const ssize_t got = read(fd, out.data(), out.size());
    if (got >= 0 || !retry(fd, POLLIN)) return got;
  }
}

bool wait_for_bytes(int fd) noexcept {
  pollfd waiting{fd, POLLIN, 0};
  while (poll(&waiting, 1, -1) < 0) {
    if (errno != EINTR) return true;
  }
  return (waiting.revents & (POLLIN | POLLHUP)) != POLLHUP;
}

}  // namespace twoway::cli
