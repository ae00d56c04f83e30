package io.kidreaper.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/** {@link Libc} on the running system. Stateless; safe from any thread. */
public final class NativeLibc implements Libc {
  private static final int O_RDONLY = 0;
  private static final int O_NOCTTY = 0400;
  private static final int O_NONBLOCK = 04000;
  private static final int O_CLOEXEC = 02000000;
  private static final short POLLIN = 1;
  private static final int SC_CLK_TCK = 2;
  private static final int SC_PAGESIZE = 30;
  private static final int SC_NPROCESSORS_ONLN = 84;
  // The same numbers on every architecture: both calls came after the tables were unified.
  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;

  // struct pollfd { int fd; short events; short revents; };
  private static final StructLayout POLLFD =
      MemoryLayout.structLayout(
          JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));

  // int open(const char *pathname, int flags, ...);
  private static final MethodHandle OPEN =
      Native.required(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  // ssize_t pread(int fd, void *buf, size_t count, off_t offset);
  private static final MethodHandle PREAD =
      Native.required(
          "pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));
  // int close(int fd);
  private static final MethodHandle CLOSE =
      Native.required("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  // long syscall(SYS_pidfd_open, pid_t pid, unsigned int flags);
  private static final MethodHandle SYSCALL_2 = Native.syscall(2);
  // long syscall(SYS_pidfd_send_signal, int pidfd, int sig, siginfo_t *info, unsigned int flags);
  private static final MethodHandle SYSCALL_4 = Native.syscall(4);
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
  private static final MethodHandle POLL =
      Native.required("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  // int isatty(int fd);
  private static final MethodHandle ISATTY =
      Native.required("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  // uid_t geteuid(void);
  private static final MethodHandle GETEUID =
      Native.required("geteuid", FunctionDescriptor.of(JAVA_INT));
  // long sysconf(int name);
  private static final MethodHandle SYSCONF =
      Native.required("sysconf", FunctionDescriptor.of(JAVA_LONG, JAVA_INT));

  @Override
  public int openForReading(String path) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      int fd =
          (int)
              OPEN.invokeExact(
                  state, arena.allocateFrom(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
      return (int) Native.orErrno(fd, state);
    } catch (Throwable e) {
      throw Native.unexpected("open", e);
    }
  }

  @Override
  public long pread(int fd, MemorySegment buffer, long count, long offset) {
    MemorySegment state = Native.state();
    try {
      return Native.orErrno((long) PREAD.invokeExact(state, fd, buffer, count, offset), state);
    } catch (Throwable e) {
      throw Native.unexpected("pread", e);
    }
  }

  @Override
  public int close(int fd) {
    MemorySegment state = Native.state();
    try {
      return (int) Native.orErrno((int) CLOSE.invokeExact(state, fd), state);
    } catch (Throwable e) {
      throw Native.unexpected("close", e);
    }
  }

  @Override
  public int pidfdOpen(int pid) {
    MemorySegment state = Native.state();
    try {
      long fd = (long) SYSCALL_2.invokeExact(state, SYS_PIDFD_OPEN, (long) pid, 0L);
      return (int) Native.orErrno(fd, state);
    } catch (Throwable e) {
      throw Native.unexpected("pidfd_open", e);
    }
  }

  @Override
  public int pidfdSendSignal(int pidfd, int signal) {
    MemorySegment state = Native.state();
    try {
      long result =
          (long)
              SYSCALL_4.invokeExact(
                  state, SYS_PIDFD_SEND_SIGNAL, (long) pidfd, (long) signal, 0L, 0L);
      return (int) Native.orErrno(result, state);
    } catch (Throwable e) {
      throw Native.unexpected("pidfd_send_signal", e);
    }
  }

  @Override
  public int pollReadable(int fd, int timeoutMillis) {
    if (timeoutMillis < 0) {
      throw new IllegalArgumentException("negative timeout: " + timeoutMillis + " ms");
    }
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment pollfd = arena.allocate(POLLFD);
      pollfd.set(JAVA_INT, 0, fd);
      pollfd.set(JAVA_SHORT, 4, POLLIN);
      return (int) Native.orErrno((int) POLL.invokeExact(state, pollfd, 1L, timeoutMillis), state);
    } catch (Throwable e) {
      throw Native.unexpected("poll", e);
    }
  }

  @Override
  public boolean isTerminal(int fd) {
    try {
      return (int) ISATTY.invokeExact(Native.state(), fd) == 1;
    } catch (Throwable e) {
      throw Native.unexpected("isatty", e);
    }
  }

  @Override
  public int effectiveUserId() {
    try {
      return (int) GETEUID.invokeExact(Native.state());
    } catch (Throwable e) {
      throw Native.unexpected("geteuid", e);
    }
  }

  @Override
  public long ticksPerSecond() {
    return sysconf(SC_CLK_TCK);
  }

  @Override
  public long pageSizeBytes() {
    return sysconf(SC_PAGESIZE);
  }

  @Override
  public int onlineCpus() {
    return (int) sysconf(SC_NPROCESSORS_ONLN);
  }

  private static long sysconf(int name) {
    try {
      return (long) SYSCONF.invokeExact(Native.state(), name);
    } catch (Throwable e) {
      throw Native.unexpected("sysconf", e);
    }
  }
}
