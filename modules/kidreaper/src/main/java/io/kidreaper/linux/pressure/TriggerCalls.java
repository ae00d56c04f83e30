package io.kidreaper.linux.pressure;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.kidreaper.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** The kernel calls of a pressure trigger. Each returns the call's result or the negated errno. */
final class TriggerCalls {
  static final int POLLERR = 8;

  private static final boolean AARCH64 = System.getProperty("os.arch", "").equals("aarch64");
  private static final long WRITE = AARCH64 ? 64 : 1;
  private static final long CLOSE = AARCH64 ? 57 : 3;
  private static final long OPENAT = AARCH64 ? 56 : 257;
  private static final long PPOLL = AARCH64 ? 73 : 271;
  private static final long AT_FDCWD = -100;
  private static final long O_RDWR = 2;
  private static final long O_NONBLOCK = 04000;
  private static final long O_CLOEXEC = 02000000;
  private static final short POLLPRI = 2;

  // long syscall(long number, ...);
  private static final MethodHandle SYSCALL_5 = Native.syscall(5);

  private TriggerCalls() {}

  // int openat(int dirfd, const char *pathname, int flags);
  static int openForWriting(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          call(
              OPENAT,
              AT_FDCWD,
              arena.allocateFrom(path).address(),
              O_RDWR | O_NONBLOCK | O_CLOEXEC,
              0,
              0);
    }
  }

  // ssize_t write(int fd, const void *buf, size_t count);
  /** The text as it is, without a byte at its end that it does not have. */
  static long write(int fd, String ascii) {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
      MemorySegment buffer = arena.allocate(bytes.length);
      MemorySegment.copy(MemorySegment.ofArray(bytes), 0, buffer, 0, bytes.length);
      return call(WRITE, fd, buffer.address(), bytes.length, 0, 0);
    }
  }

  // int ppoll(struct pollfd { int fd; short events; short revents; } *fds, nfds_t nfds,
  //           struct timespec { long tv_sec; long tv_nsec; } *tmo, sigset_t *mask, size_t size);
  /** The events that have come, 0 if none in the time. */
  static int pollUrgent(int fd, int timeoutMillis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfd = arena.allocate(8, 8);
      pollfd.set(JAVA_INT, 0, fd);
      pollfd.set(JAVA_SHORT, 4, POLLPRI);
      MemorySegment timeout = arena.allocate(16, 8);
      timeout.set(JAVA_LONG, 0, Math.max(0, timeoutMillis) / 1000);
      timeout.set(JAVA_LONG, 8, Math.max(0, timeoutMillis) % 1000 * 1_000_000L);
      long ready = call(PPOLL, pollfd.address(), 1, timeout.address(), 0, 0);
      return ready > 0 ? pollfd.get(JAVA_SHORT, 6) : (int) ready;
    }
  }

  // int close(int fd);
  static void close(int fd) {
    long result = call(CLOSE, fd, 0, 0, 0, 0);
    assert result == 0 : result;
  }

  private static long call(long number, long a, long b, long c, long d, long e) {
    MemorySegment state = Native.state();
    try {
      return Native.orErrno((long) SYSCALL_5.invokeExact(state, number, a, b, c, d, e), state);
    } catch (Throwable thrown) {
      throw Native.unexpected("syscall " + number, thrown);
    }
  }
}
