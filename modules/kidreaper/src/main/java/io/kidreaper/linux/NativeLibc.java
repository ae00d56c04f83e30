package io.kidreaper.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** {@link Libc} on the running system. Stateless; safe from any thread. */
public final class NativeLibc implements Libc {
  private static final int AT_FDCWD = -100;
  private static final int O_RDONLY = 0;
  private static final int O_NOCTTY = 0400;
  private static final int O_NONBLOCK = 04000;
  private static final int O_CLOEXEC = 02000000;
  private static final short POLLIN = 1;
  private static final int TCGETS = 0x5401;
  private static final int TERMIOS_BYTES = 64;
  private static final int BUFFER_BYTES = 16 * 1024;

  /** The kernel writes to where the garbage collector moves nothing. One a thread. */
  private static final ThreadLocal<MemorySegment> BUFFER =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(BUFFER_BYTES));

  // int openat(int dirfd, const char *pathname, int flags);
  @Override
  public int openForReading(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          Syscall.OPENAT.call(
              AT_FDCWD,
              arena.allocateFrom(path).address(),
              O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
              0,
              0);
    }
  }

  // ssize_t pread64(int fd, void *buf, size_t count, off_t offset);
  @Override
  public long pread(int fd, byte[] into, int at, int count, long offset) {
    Objects.checkFromIndexSize(at, count, into.length);
    MemorySegment buffer = BUFFER.get();
    int most = Math.min(count, BUFFER_BYTES);
    long read = Syscall.PREAD64.call(fd, buffer.address(), most, offset, 0);
    if (read > 0) {
      MemorySegment.copy(buffer, JAVA_BYTE, 0, into, at, (int) read);
    }
    return read;
  }

  // int close(int fd);
  @Override
  public int close(int fd) {
    return (int) Syscall.CLOSE.call(fd, 0, 0, 0, 0);
  }

  // int pidfd_open(pid_t pid, unsigned int flags);
  @Override
  public int pidfdOpen(int pid) {
    return (int) Syscall.PIDFD_OPEN.call(pid, 0, 0, 0, 0);
  }

  // int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned int flags);
  @Override
  public int pidfdSendSignal(int pidfd, int signal) {
    return (int) Syscall.PIDFD_SEND_SIGNAL.call(pidfd, signal, 0, 0, 0);
  }

  // int pidfd_getfd(int pidfd, int targetfd, unsigned int flags);
  @Override
  public int pidfdGetfd(int pidfd, int targetFd) {
    return (int) Syscall.PIDFD_GETFD.call(pidfd, targetFd, 0, 0, 0);
  }

  // int ppoll(struct pollfd { int fd; short events; short revents; } *fds, nfds_t nfds,
  //           struct timespec { long tv_sec; long tv_nsec; } *tmo, sigset_t *mask, size_t size);
  @Override
  public int pollReadable(int fd, int timeoutMillis) {
    if (timeoutMillis < 0) {
      throw new IllegalArgumentException("negative timeout: " + timeoutMillis + " ms");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfd = arena.allocate(8, 8);
      pollfd.set(JAVA_INT, 0, fd);
      pollfd.set(JAVA_SHORT, 4, POLLIN);
      MemorySegment timeout = arena.allocate(16, 8);
      timeout.set(JAVA_LONG, 0, timeoutMillis / 1000);
      timeout.set(JAVA_LONG, 8, timeoutMillis % 1000 * 1_000_000L);
      return (int) Syscall.PPOLL.call(pollfd.address(), 1, timeout.address(), 0, 0);
    }
  }

  // int ioctl(int fd, TCGETS, struct termios *argp);
  @Override
  public boolean isTerminal(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      return Syscall.IOCTL.call(fd, TCGETS, arena.allocate(TERMIOS_BYTES, 8).address(), 0, 0) == 0;
    }
  }

  // uid_t geteuid(void);
  @Override
  public int effectiveUserId() {
    return (int) Syscall.GETEUID.call(0, 0, 0, 0, 0);
  }
}
