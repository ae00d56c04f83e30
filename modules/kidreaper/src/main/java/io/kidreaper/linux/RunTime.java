package io.kidreaper.linux;

import java.util.OptionalLong;

/**
 * How long a process has run on a CPU: {@code /proc/PID/task/TID/schedstat}
 * (Documentation/scheduler/sched-stats.rst). Two equal readings say that none of its threads has
 * run between them, so that it is at what it was at.
 */
public final class RunTime {
  private RunTime() {}

  /** Nanoseconds of all its threads together; empty if one could not be read. */
  public static OptionalLong of(ProcFs proc, int pid) {
    long sum = 0;
    boolean any = false;
    for (int thread : proc.numericNames(pid + "/task")) {
      if (!(proc.parse(pid + "/task/" + thread + "/schedstat", RunTime::parse)
          instanceof ProcRead.Found<Long>(Long nanos))) {
        return OptionalLong.empty();
      }
      sum += nanos;
      any = true;
    }
    return any ? OptionalLong.of(sum) : OptionalLong.empty();
  }

  // "123456 7890 42": time on a CPU, time waiting for one, times it was given one
  static long parse(byte[] schedstat) {
    return new Fields(schedstat, 0).number(1);
  }
}
