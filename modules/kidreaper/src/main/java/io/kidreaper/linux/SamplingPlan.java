package io.kidreaper.linux;

import io.kidreaper.memory.Limit;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a pool is watched.
 *
 * @param everyMillis between two readings, at least 1; longer where the CPU share demands it
 * @param wholeEveryMillis between two readings of everybody in detail, which a budget, idle
 *     retirement and pool figures need; empty if nobody needs them
 * @param limit the least that a worker is held against; of those that may reach it the detail is
 *     read
 * @param stirs whether to find out who has not stirred, where requests are not counted
 * @param cpuShare of one CPU, more than 0 and at most 1
 */
public record SamplingPlan(
    long everyMillis,
    OptionalLong wholeEveryMillis,
    Optional<Limit> limit,
    boolean stirs,
    double cpuShare) {
  public static final double DEFAULT_CPU_SHARE = 0.01;

  public SamplingPlan {
    if (everyMillis < 1
        || (wholeEveryMillis.isPresent() && wholeEveryMillis.getAsLong() < everyMillis)) {
      throw new IllegalArgumentException("readings in less than no time");
    }
    if (!(cpuShare > 0 && cpuShare <= 1)) {
      throw new IllegalArgumentException(
          "a share of one CPU is above 0 and at most 1: " + cpuShare);
    }
  }
}
