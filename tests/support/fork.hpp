// Runs a part of a test in a copy of the process.
#pragma once

#include <csignal>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sanitized.hpp"

namespace twoway::test {

/// Whether a forked child may start threads. TSan ends a child that does so if any other thread was
/// alive in its parent, threads of a token's module among them.
#ifdef TWOWAY_THREAD_SANITIZED
constexpr bool kThreadsInChild = false;
#else
constexpr bool kThreadsInChild = true;
#endif

/// The way to make a copy of the process.
enum class Copy {
  fork,
  raw_clone,  ///< without the C library, so no handler of pthread_atfork runs
  same_pid,   ///< a raw clone with the same getpid: the first process of a namespace
};

/// Makes a copy. Returns 0 in the child, and -1 if the system refuses.
inline pid_t copy_process(Copy how) {
  if (how == Copy::fork) return ::fork();
  // CLONE_NEWPID is a constant of Linux: the child is process 1 of a new namespace.
  const unsigned long flags = how == Copy::same_pid ? 0x20000000UL | SIGCHLD : SIGCHLD;
  return static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
}

/// Runs `function` in a child and returns the child's exit status, or -1 if no child could be made
/// or it ended otherwise. `function` must call no assertion.
template <typename Function>
int in_child(const Function& function, Copy how = Copy::fork) {
  const pid_t child = copy_process(how);
  if (child == 0) ::_exit(function());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace twoway::test
