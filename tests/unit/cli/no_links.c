/* Loaded into the program, stands for a file system without hard links and without
 * RENAME_NOREPLACE, and stops the program between two names:
 *   PAUSE_AT=NAME     before a file takes this name, makes the file "paused" and waits for "go"
 *   SHOW_WAITING=1    makes the file "waiting" if another process has a folder locked
 *   NO_LINKS=1        there are no hard links
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

static void make(const char* name) { close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); }

int link(const char* from, const char* to) {
  if (getenv("NO_LINKS") != NULL) {
    errno = EPERM;
    return -1;
  }
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  if (getenv("NO_LINKS") != NULL && flags != 0) {
    errno = EINVAL;
    return -1;
  }
  return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int rename(const char* from, const char* to) {
  const char* name = getenv("PAUSE_AT");
  if (name != NULL && strcmp(name, to) == 0) {
    make("paused");
    while (access("go", F_OK) != 0) usleep(1000);
  }
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int flock(int fd, int operation) {
  const int result = (int)syscall(SYS_flock, fd, operation);
  if (result != 0 && errno == EWOULDBLOCK && getenv("SHOW_WAITING") != NULL) {
    make("waiting");
    errno = EWOULDBLOCK;
  }
  return result;
}
