package io.kidreaper.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Kernel calls by number, all through one handle.
 *
 * <p>A method handle for a C function costs some 15 ms of start-up for each new list of argument
 * types, which a command that runs for 100 ms cannot afford for every function. {@code syscall(2)}
 * has one list for all of them. Pointers travel as addresses, so whoever calls keeps their arena
 * open until the call returns.
 */
enum Syscall {
  CLOSE(3, 57),
  IOCTL(16, 29),
  PREAD64(17, 67),
  FLOCK(73, 32),
  GETEUID(107, 175),
  CLOCK_GETTIME(228, 113),
  OPENAT(257, 56),
  PPOLL(271, 73),
  PIDFD_SEND_SIGNAL(424, 424),
  PIDFD_OPEN(434, 434),
  PIDFD_GETFD(438, 438);

  // long syscall(long number, ...);
  private static final MethodHandle SYSCALL =
      Native.required(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(1));

  private final long number;

  Syscall(int onX86x64, int onAarch64) {
    this.number =
        switch (System.getProperty("os.arch")) {
          case "amd64" -> onX86x64;
          case "aarch64" -> onAarch64;
          case String other ->
              throw new UnsupportedOperationException(
                  "kidreaper knows the kernel calls of x86-64 and aarch64, not of " + other);
        };
  }

  /** The call's result, or the negated errno. Arguments that the call does not have are 0. */
  long call(long a, long b, long c, long d, long e) {
    MemorySegment state = Native.state();
    try {
      return Native.orErrno((long) SYSCALL.invokeExact(state, number, a, b, c, d, e), state);
    } catch (Throwable thrown) {
      throw Native.unexpected(name(), thrown);
    }
  }
}
