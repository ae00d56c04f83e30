package io.kidreaper.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/**
 * The CPU time that has been used so far, in its own code and in the kernel, in nanoseconds: {@code
 * clock_gettime(2)}. For one thread.
 */
public final class CpuClock implements LongSupplier {
  private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
  private static final int CLOCK_THREAD_CPUTIME_ID = 3;

  private final int clock;
  private final MemorySegment time = Arena.ofAuto().allocate(16, 8);

  private CpuClock(int clock) {
    this.clock = clock;
  }

  /** Of whichever thread asks. */
  public static CpuClock ofThread() {
    return new CpuClock(CLOCK_THREAD_CPUTIME_ID);
  }

  /** Of all threads of this process, the JVM's own too. */
  public static CpuClock ofProcess() {
    return new CpuClock(CLOCK_PROCESS_CPUTIME_ID);
  }

  // int clock_gettime(clockid_t clockid, struct timespec { long tv_sec; long tv_nsec; } *tp);
  /** Cannot fail for these clocks. */
  @Override
  public long getAsLong() {
    long result = Syscall.CLOCK_GETTIME.call(clock, time.address(), 0, 0, 0);
    if (result < 0) {
      throw new IllegalStateException("clock_gettime: " + Errno.describe((int) -result));
    }
    return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8);
  }
}
