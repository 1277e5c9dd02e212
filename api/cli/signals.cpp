#include "signals.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>

#include <sys/stat.h>
#include <unistd.h>

namespace twoway::cli {
namespace {

/// Signals that do not end a process, that cannot be handled, or that become errors of a write.
constexpr std::array kOthers{SIGKILL, SIGSTOP, SIGTSTP,  SIGTTIN, SIGTTOU, SIGCHLD,
                             SIGCONT, SIGURG,  SIGWINCH, SIGPIPE, SIGXFSZ};

sigset_t fatal_set() {
  sigset_t set;
  sigfillset(&set);
  for (const int signal : kOthers) sigdelset(&set, signal);
  return set;
}

/// The handler reads it. It is written only while the signals are held.
struct Slot {
  volatile std::sig_atomic_t used = 0;
  std::string path;
  std::string old;
  bool named = false;  ///< `path` is not a temporary name, so others may have taken it
  dev_t device = 0;
  ino_t inode = 0;
};
std::deque<Slot> slots;
bool pipe_ignored = false;

/// Returns false if the name belongs to another file. Makes only async-signal-safe calls, like the
/// functions below.
bool is_ours(const Slot& slot) noexcept {
  if (!slot.named) return true;
  struct stat info {};
  if (lstat(slot.path.c_str(), &info) != 0) return errno == ENOENT;
  return info.st_dev == slot.device && info.st_ino == slot.inode;
}

void undo(const Slot& slot) noexcept {
  if (!is_ours(slot)) {
    if (!slot.old.empty()) unlink(slot.old.c_str());
  } else if (slot.old.empty()) {
    unlink(slot.path.c_str());
  } else {
    // If that fails, the former content stays under its second name.
    static_cast<void>(rename(slot.old.c_str(), slot.path.c_str()));
  }
}

// Raises the signal again with its default action, which takes effect when the handler returns, so
// that the parent sees the true cause.
extern "C" void undo_and_end(int signal) {
  std::for_each(slots.rbegin(), slots.rend(), [](const Slot& slot) {
    if (slot.used != 0) undo(slot);
  });
  std::signal(signal, SIG_DFL);
  raise(signal);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = undo_and_end;
  action.sa_mask = fatal_set();
  for (int signal = 1; signal <= SIGRTMAX; ++signal) {
    struct sigaction before {};
    if (sigismember(&action.sa_mask, signal) != 1) continue;
    if (sigaction(signal, nullptr, &before) != 0) continue;
    if ((before.sa_flags & SA_SIGINFO) == 0 && before.sa_handler == SIG_DFL) {
      sigaction(signal, &action, nullptr);
    }
  }
  pipe_ignored = std::signal(SIGPIPE, SIG_IGN) == SIG_IGN;
  std::signal(SIGXFSZ, SIG_IGN);
}

void end_by_closed_pipe() {
  if (pipe_ignored) return;
  std::signal(SIGPIPE, SIG_DFL);
  raise(SIGPIPE);
}

SignalsHeld::SignalsHeld(std::initializer_list<int> let_through) {
  sigset_t set = fatal_set();
  for (const int signal : let_through) sigdelset(&set, signal);
  sigprocmask(SIG_BLOCK, &set, &before_);
}

SignalsHeld::~SignalsHeld() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

void DoomedFile::doom(const std::string& path) {
  path_ = path;
  slot_ = slots.size();
  Slot& slot = slots.emplace_back();
  slot.path = path;
  slot.used = 1;
}

void DoomedFile::doom(const std::string& path, const std::string& old) {
  struct stat info {};
  const bool found = lstat(path.c_str(), &info) == 0;
  doom(path);
  Slot& slot = slots[slot_];
  slot.old = old;
  slot.named = true;
  slot.device = found ? info.st_dev : dev_t{};
  slot.inode = found ? info.st_ino : ino_t{};
}

void DoomedFile::spare() noexcept {
  if (path_.empty()) return;
  Slot& slot = slots[slot_];
  slot.used = 0;
  if (!slot.old.empty()) unlink(slot.old.c_str());
  path_.clear();
}

void DoomedFile::remove() noexcept {
  if (path_.empty()) return;
  Slot& slot = slots[slot_];
  undo(slot);
  slot.used = 0;
  path_.clear();
}

}  // namespace twoway::cli
