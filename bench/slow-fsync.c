/* A slow disk for one process: loaded before the C library, holds up whoever asks for a flush. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void hold_up(void) {
  const struct timespec pause = {0, SLOW_FSYNC_MS * 1000000L};
  nanosleep(&pause, NULL);
}

int fsync(int fd) {
  hold_up();
  return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  hold_up();
  return (int)syscall(SYS_fdatasync, fd);
}
