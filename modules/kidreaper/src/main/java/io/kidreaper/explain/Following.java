package io.kidreaper.explain;

import java.util.List;

/**
 * What following one worker request by request came to.
 *
 * @param ended why it ended, as a sentence without its subject
 * @param stops how often the worker stopped for it
 * @param readingNanos how long the worker stood still for all the readings together
 */
public record Following(
    List<Visit> visits, String ended, long stops, long nanos, long readingNanos) {
  public Following {
    visits = List.copyOf(visits);
  }

  public List<RouteGrowth> routes() {
    return RouteGrowth.of(visits);
  }

  /** A percentile of the time that a followed request took, tracing included; nanoseconds. */
  public long takenNanos(int percent) {
    long[] sorted = visits.stream().mapToLong(Visit::takenNanos).sorted().toArray();
    int rank = (int) Math.ceil(sorted.length * percent / 100.0);
    return sorted.length == 0 ? 0 : sorted[Math.max(0, rank - 1)];
  }
}
