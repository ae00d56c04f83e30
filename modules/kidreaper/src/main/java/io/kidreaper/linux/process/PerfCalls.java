package io.kidreaper.linux.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kidreaper.linux.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Counting events of the kernel: {@code perf_event_open(2)}. Of its long struct only this is set,
 * in the first version's size, which every kernel takes:
 *
 * <pre>
 * struct perf_event_attr { u32 type; u32 size; u64 config; …; u64 flags (at byte 40); … }   64 bytes
 * </pre>
 */
final class PerfCalls {
  private static final long SYS_PERF_EVENT_OPEN =
      System.getProperty("os.arch", "").equals("aarch64") ? 241 : 298;
  private static final long PERF_FLAG_FD_CLOEXEC = 8;
  private static final int ATTR_BYTES = 64;
  private static final int TYPE_TRACEPOINT = 2;
  private static final long DISABLED = 1L;
  private static final long INHERIT = 1L << 1;

  /** Threads only, not forked children: Linux 5.13. */
  private static final long INHERIT_THREAD = 1L << 35;

  private static final long IOC_ENABLE = 0x2400;
  private static final long IOC_SET_FILTER = 0x40082406;

  // long syscall(SYS_perf_event_open, struct perf_event_attr *attr, pid_t pid, int cpu,
  //              int group_fd, unsigned long flags);
  private static final MethodHandle SYSCALL_5 = Native.syscall(5);
  // int ioctl(int fd, unsigned long request, ...);
  private static final MethodHandle IOCTL =
      Native.required(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));

  private PerfCalls() {}

  /**
   * A counter of one tracepoint in one thread and the threads it starts; it does not count yet.
   *
   * @param tracepoint its id in tracefs
   * @return a close-on-exec descriptor, or the negated errno
   */
  static int open(int tracepoint, int threadId) {
    MemorySegment state = Native.state();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attr = arena.allocate(ATTR_BYTES, 8);
      attr.set(JAVA_INT, 0, TYPE_TRACEPOINT);
      attr.set(JAVA_INT, 4, ATTR_BYTES);
      attr.set(JAVA_LONG, 8, tracepoint);
      attr.set(JAVA_LONG, 40, DISABLED | INHERIT | INHERIT_THREAD);
      long fd =
          (long)
              SYSCALL_5.invokeExact(
                  state,
                  SYS_PERF_EVENT_OPEN,
                  attr.address(),
                  (long) threadId,
                  -1L,
                  -1L,
                  PERF_FLAG_FD_CLOEXEC);
      return (int) Native.orErrno(fd, state);
    } catch (Throwable e) {
      throw Native.unexpected("perf_event_open", e);
    }
  }

  /** Lets a counter see only events of which a filter over their fields is true. */
  static int setFilter(int fd, String filter) {
    try (Arena arena = Arena.ofConfined()) {
      return ioctl(fd, IOC_SET_FILTER, arena.allocateFrom(filter));
    }
  }

  static int enable(int fd) {
    return ioctl(fd, IOC_ENABLE, MemorySegment.NULL);
  }

  private static int ioctl(int fd, long request, MemorySegment argument) {
    MemorySegment state = Native.state();
    try {
      return (int) Native.orErrno((int) IOCTL.invokeExact(state, fd, request, argument), state);
    } catch (Throwable e) {
      throw Native.unexpected("ioctl", e);
    }
  }
}
