package io.kidreaper.linux.trace;

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
 * Makes a blocking {@code waitid(2)} of one thread return now and then, so that it can wait in the
 * kernel, with the kernel's own latency, and still keep its patience and hear a cancel.
 *
 * <p>There is no waitid with a time limit, a stop of a tracee cannot be polled for, and looking
 * with WNOHANG in a loop either burns the processor that the worker needs or wakes up late. So a
 * timer of the kernel sends this thread, and no other, a real-time signal whose handler does
 * nothing; its only effect is that the call ends with EINTR. The handler is the C library's {@code
 * abs}, which touches nothing, so it may run whatever the thread is doing. The signal's disposition
 * is the process's; an exec'd child has it reset by the kernel.
 */
final class Alarm implements AutoCloseable {
  // Above the three that C libraries keep for themselves, and below where programs usually begin
  // to count down from SIGRTMAX. HotSpot uses none.
  private static final int SIGNAL = 47;
  private static final int CLOCK_MONOTONIC = 1;
  private static final int SIGEV_THREAD_ID = 4;
  private static final int SIG_UNBLOCK = 1;
  private static final int SIGACTION_BYTES = 152;
  private static final int SIGSET_BYTES = 128;
  private static final int SIGEVENT_BYTES = 64;

  // int sigaction(int signum, const struct sigaction *act, struct sigaction *oldact);
  private static final MethodHandle SIGACTION =
      Native.required("sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  // int pthread_sigmask(int how, const sigset_t *set, sigset_t *oldset); returns the errno
  private static final MethodHandle PTHREAD_SIGMASK =
      Native.required(
          "pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SYSCALL_0 = Native.syscall(0);
  private static final MethodHandle SYSCALL_1 = Native.syscall(1);
  private static final MethodHandle SYSCALL_3 = Native.syscall(3);
  private static final MethodHandle SYSCALL_4 = Native.syscall(4);

  private final Architecture architecture;
  private final int threadId;
  private final int timer;

  /** An alarm of the calling thread, not ticking yet. */
  Alarm(Architecture architecture) {
    this.architecture = architecture;
    this.threadId = (int) call("gettid", architecture.syscalls().gettid());
    try (Arena arena = Arena.ofConfined()) {
      installHandler(arena);
      unblock(arena);
      this.timer = createTimer(arena);
    }
  }

  /** The kernel's id of the thread that this alarm belongs to. */
  int threadId() {
    return threadId;
  }

  /** Ticks from now on, every so many nanoseconds; 0 stops it. */
  void every(long nanos) {
    try (Arena arena = Arena.ofConfined()) {
      // struct itimerspec { struct timespec it_interval; struct timespec it_value; };
      MemorySegment spec = arena.allocate(JAVA_LONG, 4);
      for (int half = 0; half < 2; half++) {
        spec.setAtIndex(JAVA_LONG, half * 2L, nanos / 1_000_000_000L);
        spec.setAtIndex(JAVA_LONG, half * 2L + 1, nanos % 1_000_000_000L);
      }
      MemorySegment state = Native.state();
      long result =
          (long)
              SYSCALL_4.invokeExact(
                  state,
                  architecture.syscalls().timerSettime(),
                  (long) timer,
                  0L,
                  spec.address(),
                  0L);
      check("timer_settime", Native.orErrno(result, state));
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected("timer_settime", e);
    }
  }

  @Override
  public void close() {
    MemorySegment state = Native.state();
    try {
      long _ =
          (long) SYSCALL_1.invokeExact(state, architecture.syscalls().timerDelete(), (long) timer);
    } catch (Throwable e) {
      throw Native.unexpected("timer_delete", e);
    }
  }

  // struct sigaction { void (*sa_handler)(int); sigset_t sa_mask; int sa_flags; ...restorer; }
  private static void installHandler(Arena arena) {
    MemorySegment doesNothing =
        Linker.nativeLinker()
            .defaultLookup()
            .find("abs")
            .orElseThrow(() -> new UnsupportedOperationException("no abs() in the C library"));
    MemorySegment action = arena.allocate(SIGACTION_BYTES, 8);
    action.set(ADDRESS, 0, doesNothing);
    // No SA_RESTART: the call that it interrupts is meant to end.
    MemorySegment state = Native.state();
    try {
      int result = (int) SIGACTION.invokeExact(state, SIGNAL, action, MemorySegment.NULL);
      check("sigaction", Native.orErrno(result, state));
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected("sigaction", e);
    }
  }

  /** The mask is inherited from whatever started the JVM, which may have blocked anything. */
  private static void unblock(Arena arena) {
    MemorySegment set = arena.allocate(SIGSET_BYTES, 8);
    set.set(JAVA_LONG, 0, 1L << (SIGNAL - 1));
    try {
      int errno =
          (int) PTHREAD_SIGMASK.invokeExact(Native.state(), SIG_UNBLOCK, set, MemorySegment.NULL);
      check("pthread_sigmask", -errno);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected("pthread_sigmask", e);
    }
  }

  // struct sigevent { union sigval sigev_value; int sigev_signo; int sigev_notify; pid_t tid; ... }
  private int createTimer(Arena arena) {
    MemorySegment event = arena.allocate(SIGEVENT_BYTES, 8);
    event.set(JAVA_INT, 8, SIGNAL);
    event.set(JAVA_INT, 12, SIGEV_THREAD_ID);
    event.set(JAVA_INT, 16, threadId);
    MemorySegment id = arena.allocate(JAVA_INT);
    MemorySegment state = Native.state();
    try {
      long result =
          (long)
              SYSCALL_3.invokeExact(
                  state,
                  architecture.syscalls().timerCreate(),
                  (long) CLOCK_MONOTONIC,
                  event.address(),
                  id.address());
      check("timer_create", Native.orErrno(result, state));
      return id.get(JAVA_INT, 0);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected("timer_create", e);
    }
  }

  private static long call(String name, long number) {
    MemorySegment state = Native.state();
    try {
      return check(name, Native.orErrno((long) SYSCALL_0.invokeExact(state, number), state));
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw Native.unexpected(name, e);
    }
  }

  private static long check(String name, long result) {
    if (result < 0) {
      throw new TracingFailure(name, (int) -result, "the tracer's own timer");
    }
    return result;
  }
}
