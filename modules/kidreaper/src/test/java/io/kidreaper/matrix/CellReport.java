package io.kidreaper.matrix;

import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Outcome;
import io.kidreaper.testbed.load.LoadReport;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What came of a cell.
 *
 * @param calm the same load on the same pool before anything was retired
 * @param load the load while workers were retired
 */
record CellReport(Cell cell, List<Attempt> attempts, LoadReport calm, LoadReport load) {
  static final String HEADER =
      String.format(
          Locale.ROOT,
          "%-12s %-9s %-8s %-6s %9s %8s %4s %8s %8s %8s %8s %10s %8s %7s %8s",
          "server",
          "load",
          "at",
          "signal",
          "retired",
          "requests",
          "lost",
          "p50 ms",
          "(calm)",
          "p99 ms",
          "(calm)",
          "deliver ms",
          "idle ms",
          "stops",
          "exit ms");

  long retired() {
    return attempts.stream().filter(Attempt::retired).count();
  }

  /** Mean time from the decision to the delivery, in milliseconds. */
  double meanDeliveryMillis() {
    return moments().mapToLong(Moment::reachedMicros).average().orElse(Double.NaN) / 1000;
  }

  /** The same of those workers alone that were idle when they were held: what is added by it. */
  double meanIdleDeliveryMillis() {
    return moments()
            .filter(moment -> moment.kind() == Moment.Kind.HELD_IDLE && moment.stops() == 1)
            .mapToLong(Moment::reachedMicros)
            .average()
            .orElse(Double.NaN)
        / 1000;
  }

  /** How often a worker was stopped on the mean that was followed to the end of its request. */
  double meanStopsOfFollowed() {
    return moments()
        .filter(moment -> moment.stops() > 1)
        .mapToInt(Moment::stops)
        .average()
        .orElse(Double.NaN);
  }

  private Stream<Moment> moments() {
    return attempts.stream()
        .filter(Attempt::retired)
        .map(attempt -> ((Outcome.Retired) attempt.outcome()).signals().first());
  }

  /** Mean time from the signal to the worker's end, in milliseconds. */
  double meanExitMillis() {
    return attempts.stream()
        .filter(Attempt::retired)
        .mapToLong(a -> ((Outcome.Retired) a.outcome()).exitMillis())
        .average()
        .orElse(Double.NaN);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-12s %-9s %-8s %-6s %4d/%-4d %8d %4d %8.1f %8.1f %8.1f %8.1f %10.2f %8.2f %7.0f %8.1f",
        cell.server().name(),
        cell.pressure(),
        cell.at(),
        cell.signal(),
        retired(),
        attempts.size(),
        load.requests(),
        load.lost(),
        load.p50Millis(),
        calm.p50Millis(),
        load.p99Millis(),
        calm.p99Millis(),
        meanDeliveryMillis(),
        meanIdleDeliveryMillis(),
        meanStopsOfFollowed(),
        meanExitMillis());
  }
}
