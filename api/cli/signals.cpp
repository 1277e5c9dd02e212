#include "signals.hpp"

#include <array>
#include <deque>

#include <unistd.h>

#include "failure.hpp"

namespace twoway::cli {
namespace {

constexpr std::array kFatal{SIGINT, SIGTERM, SIGHUP};

/// Read by the handler; written while its signals are held.
struct Slot {
  volatile std::sig_atomic_t used = 0;
  std::string path;
};
std::deque<Slot> slots;

// Only async-signal-safe calls. The signal is raised again with its default action, which takes
// effect when the handler returns, so that the parent sees the true cause.
extern "C" void remove_and_end(int signal) {
  for (const Slot& slot : slots) {
    if (slot.used != 0) unlink(slot.path.c_str());
  }
  std::signal(signal, SIG_DFL);
  raise(signal);
}

sigset_t fatal_set() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kFatal) sigaddset(&set, signal);
  return set;
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = remove_and_end;
  action.sa_mask = fatal_set();
  for (const int signal : kFatal) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);  // nohup stays in force
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

SignalsHeld::SignalsHeld() {
  const sigset_t set = fatal_set();
  sigprocmask(SIG_BLOCK, &set, &before_);
}

SignalsHeld::~SignalsHeld() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

void DoomedFile::doom(const std::string& path) {
  path_ = path;
  slot_ = 0;
  while (slot_ < slots.size() && slots[slot_].used != 0) ++slot_;
  if (slot_ == slots.size()) slots.emplace_back();
  slots[slot_].path = path;
  slots[slot_].used = 1;
}

void DoomedFile::spare() noexcept {
  if (!path_.empty()) slots[slot_].used = 0;
  path_.clear();
}

void DoomedFile::remove() noexcept {
  if (!path_.empty()) unlink(path_.c_str());
  spare();
}

}  // namespace twoway::cli
