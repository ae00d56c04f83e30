package io.kidreaper.linux;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How long a process has run on a CPU: {@code /proc/PID/task/TID/schedstat}
 * (Documentation/scheduler/sched-stats.rst). Two equal readings say that none of its threads has
 * run between them, so that it is at what it was at.
 */
public final class RunTime {
  private RunTime() {}

  /**
   * @param nanos of all threads together
   * @param alone whether there was one thread only: nobody but itself can start another
   */
  public record Ran(long nanos, boolean alone) {}

  /** Empty if one of its threads could not be read. */
  public static Optional<Ran> of(ProcFs proc, int pid) {
    Set<Integer> threads = proc.numericNames(pid + "/task");
    long sum = 0;
    for (int thread : threads) {
      OptionalLong nanos = ofThread(proc, pid, thread);
      if (nanos.isEmpty()) {
        return Optional.empty();
      }
      sum += nanos.getAsLong();
    }
    return threads.isEmpty() ? Optional.empty() : Optional.of(new Ran(sum, threads.size() == 1));
  }

  /** Whether none of its threads has run since a reading. */
  public static boolean isStill(ProcFs proc, int pid, Ran before) {
    return before.alone()
        ? ofThread(proc, pid, pid).equals(OptionalLong.of(before.nanos()))
        : of(proc, pid).equals(Optional.of(before));
  }

  private static OptionalLong ofThread(ProcFs proc, int pid, int thread) {
    return proc.parseShort(pid + "/task/" + thread + "/schedstat", RunTime::parse)
        .fold(OptionalLong::of, OptionalLong::empty, _ -> OptionalLong.empty());
  }

  // "123456 7890 42": time on a CPU, time waiting for one, times it was given one
  static long parse(byte[] schedstat) {
    return new Fields(schedstat, 0).number(1);
  }
}
