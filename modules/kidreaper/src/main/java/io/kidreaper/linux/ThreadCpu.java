package io.kidreaper.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/**
 * The CPU time that the calling thread has used so far, in its own code and in the kernel. For one
 * thread.
 */
public final class ThreadCpu implements LongSupplier {
  private static final int CLOCK_THREAD_CPUTIME_ID = 3;

  private final MemorySegment time = Arena.ofAuto().allocate(16, 8);

  // int clock_gettime(clockid_t clockid, struct timespec { long tv_sec; long tv_nsec; } *tp);
  /** In nanoseconds. {@code clock_gettime(2)}, which cannot fail for this clock. */
  @Override
  public long getAsLong() {
    long result = Syscall.CLOCK_GETTIME.call(CLOCK_THREAD_CPUTIME_ID, time.address(), 0, 0, 0);
    if (result < 0) {
      throw new IllegalStateException("clock_gettime: " + Errno.describe((int) -result));
    }
    return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8);
  }
}
