package io.kidreaper.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Pipes, waiting and limits, one call a method: its result, or the negated errno. Stateless; what
 * {@code posix_spawn} needs is in {@link SpawnCalls}.
 */
final class ProcessCalls {
  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int RLIMIT_NOFILE = 7;

  private static final int O_CLOEXEC = 02000000;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int O_WRONLY_APPEND = 02001;
  private static final int SIGKILL = 9;
  private static final int WNOHANG = 1;
  private static final SequenceLayout TWO_INTS =
      java.lang.foreign.MemoryLayout.sequenceLayout(2, JAVA_INT);

  // int pipe2(int pipefd[2], int flags);
  private static final MethodHandle PIPE2 =
      Native.required("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  // int open(const char *pathname, int flags, ...);
  private static final MethodHandle OPEN =
      Native.required(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  // int close(int fd);
  private static final MethodHandle CLOSE =
      Native.required("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  // int fcntl(int fd, int cmd, ...);
  private static final MethodHandle FCNTL =
      Native.required(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  // int dup2(int oldfd, int newfd);
  private static final MethodHandle DUP2 =
      Native.required("dup2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // ssize_t read(int fd, void *buf, size_t count);
  private static final MethodHandle READ =
      Native.required("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  // ssize_t write(int fd, const void *buf, size_t count);
  private static final MethodHandle WRITE =
      Native.required("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
  private static final MethodHandle POLL =
      Native.required("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  // pid_t waitpid(pid_t pid, int *wstatus, int options);
  private static final MethodHandle WAITPID =
      Native.required("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  // int kill(pid_t pid, int sig);
  private static final MethodHandle KILL =
      Native.required("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  // int prlimit(pid_t pid, int resource, const struct rlimit *new_limit, struct rlimit *old_limit);
  private static final MethodHandle PRLIMIT =
      Native.required(
          "prlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  /** Read and write end of a pipe. */
  record Pipe(int readFd, int writeFd) {}

  /** {@code struct rlimit}: −1 is no limit. */
  record Limit(long soft, long hard) {}

  private ProcessCalls() {}

  /** A close-on-exec pipe; a negative {@code readFd} is the negated errno. {@code pipe(2)}. */
  static Pipe pipe() {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(TWO_INTS);
      int failed = result((int) PIPE2.invokeExact(state, ends, O_CLOEXEC), state);
      return failed < 0
          ? new Pipe(failed, failed)
          : new Pipe(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
    } catch (Throwable e) {
      throw Native.unexpected("pipe2", e);
    }
  }

  /** {@code open(path, flags | O_CLOEXEC)} of what exists. {@code open(2)}. */
  static int open(String path, int flags) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return result((int) OPEN.invokeExact(state, name, flags | O_CLOEXEC), state);
    } catch (Throwable e) {
      throw Native.unexpected("open", e);
    }
  }

  /** {@code open(path, O_WRONLY | O_APPEND | O_CLOEXEC)} of what exists. {@code open(2)}. */
  static int openForAppending(String path) {
    return open(path, O_WRONLY_APPEND);
  }

  /** Makes {@code target} a copy that is not close-on-exec. {@code dup(2)}. */
  static int duplicateTo(int fd, int target) {
    MemorySegment state = Native.state();
    try {
      return result((int) DUP2.invokeExact(state, fd, target), state);
    } catch (Throwable e) {
      throw Native.unexpected("dup2", e);
    }
  }

  /** {@code close(2)}. */
  static int close(int fd) {
    MemorySegment state = Native.state();
    try {
      return result((int) CLOSE.invokeExact(state, fd), state);
    } catch (Throwable e) {
      throw Native.unexpected("close", e);
    }
  }

  /** A close-on-exec copy of a descriptor at {@code lowest} or above. {@code fcntl(2)}. */
  static int duplicate(int fd, int lowest) {
    return fcntl(fd, F_DUPFD_CLOEXEC, lowest);
  }

  /** The pipe's new size in bytes; {@code -EPERM} above what users are allowed. */
  static int setPipeSize(int fd, int bytes) {
    return fcntl(fd, F_SETPIPE_SZ, bytes);
  }

  private static int fcntl(int fd, int command, int argument) {
    MemorySegment state = Native.state();
    try {
      return result((int) FCNTL.invokeExact(state, fd, command, argument), state);
    } catch (Throwable e) {
      throw Native.unexpected("fcntl", e);
    }
  }

  /** Bytes read, 0 at the end. {@code read(2)}. */
  static long read(int fd, MemorySegment buffer) {
    MemorySegment state = Native.state();
    try {
      return Native.orErrno((long) READ.invokeExact(state, fd, buffer, buffer.byteSize()), state);
    } catch (Throwable e) {
      throw Native.unexpected("read", e);
    }
  }

  /** Bytes written. {@code write(2)}. */
  static long write(int fd, MemorySegment bytes) {
    MemorySegment state = Native.state();
    try {
      return Native.orErrno((long) WRITE.invokeExact(state, fd, bytes, bytes.byteSize()), state);
    } catch (Throwable e) {
      throw Native.unexpected("write", e);
    }
  }

  /**
   * How many of {@code count} descriptors have something to say.
   *
   * @param timeoutMillis −1 waits as long as it takes
   * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
   */
  static int poll(MemorySegment pollfds, long count, int timeoutMillis) {
    MemorySegment state = Native.state();
    try {
      return result((int) POLL.invokeExact(state, pollfds, count, timeoutMillis), state);
    } catch (Throwable e) {
      throw Native.unexpected("poll", e);
    }
  }

  /**
   * Collects the status of one child that has ended; never waits, and never takes another's.
   *
   * @return the raw status, −1 while it runs, or below that the negated errno minus one
   * @see <a href="https://man7.org/linux/man-pages/man2/waitpid.2.html">waitpid(2)</a>
   */
  static int reap(int pid) {
    if (pid < 1) {
      // waitpid would take these for groups, and anybody's status for the one asked for.
      throw new IllegalArgumentException("not a process id: " + pid);
    }
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(JAVA_INT);
      int reaped = result((int) WAITPID.invokeExact(state, pid, status, WNOHANG), state);
      return reaped == 0 ? -1 : reaped < 0 ? reaped - 1 : status.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw Native.unexpected("waitpid", e);
    }
  }

  /** SIGKILL to a child of ours that was not reaped, never to anybody else. {@code kill(2)}. */
  static int kill(int child) {
    if (child < 2) {
      throw new IllegalArgumentException("not a child: " + child);
    }
    MemorySegment state = Native.state();
    try {
      return result((int) KILL.invokeExact(state, child, SIGKILL), state);
    } catch (Throwable e) {
      throw Native.unexpected("kill", e);
    }
  }

  /** Our own limit of a kind, which cannot fail. {@code prlimit(2)}. */
  static Limit limit(int resource) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment held = arena.allocate(ValueLayout.JAVA_LONG, 2);
      int failed =
          result((int) PRLIMIT.invokeExact(state, 0, resource, MemorySegment.NULL, held), state);
      if (failed < 0) {
        throw new IllegalStateException("prlimit failed with errno " + -failed);
      }
      return new Limit(held.getAtIndex(JAVA_LONG, 0), held.getAtIndex(JAVA_LONG, 1));
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected("prlimit", e);
    }
  }

  /** Sets a limit of our own, of all our threads at once. {@code prlimit(2)}. */
  static int setLimit(int resource, Limit limit) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment held = arena.allocateFrom(JAVA_LONG, limit.soft(), limit.hard());
      return result((int) PRLIMIT.invokeExact(state, 0, resource, held, MemorySegment.NULL), state);
    } catch (Throwable e) {
      throw Native.unexpected("prlimit", e);
    }
  }

  private static int result(int result, MemorySegment state) {
    return (int) Native.orErrno(result, state);
  }
}
