/* While the file named by FAIL_FSYNC exists, nothing is synced and every attempt to is answered with EIO. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int failing(void) {
  const char *file = getenv("FAIL_FSYNC");
  return file && access(file, F_OK) == 0;
}

int fsync(int fd) {
  if (failing()) { errno = EIO; return -1; }
  return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  if (failing()) { errno = EIO; return -1; }
  return (int)syscall(SYS_fdatasync, fd);
}
