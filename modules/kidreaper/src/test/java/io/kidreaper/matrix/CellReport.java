package io.kidreaper.matrix;

import io.kidreaper.retire.Outcome;
import io.kidreaper.testbed.load.LoadReport;
import java.util.List;
import java.util.Locale;

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
          "%-14s %-10s %-9s %-6s %8s %9s %5s %10s %10s %10s %10s %9s",
          "server",
          "load",
          "at",
          "signal",
          "retired",
          "requests",
          "lost",
          "p50 ms",
          "p99 ms",
          "calm p99",
          "deliver ms",
          "exit ms");

  long retired() {
    return attempts.stream().filter(Attempt::retired).count();
  }

  /** Mean time from the decision to the delivery, in milliseconds. */
  double meanDeliveryMillis() {
    return attempts.stream()
            .filter(Attempt::retired)
            .mapToLong(a -> ((Outcome.Retired) a.outcome()).signals().first().reachedMicros())
            .average()
            .orElse(Double.NaN)
        / 1000;
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
        "%-14s %-10s %-9s %-6s %4d/%-4d %8d %5d %10.1f %10.1f %10.1f %10.2f %9.1f",
        cell.server().name(),
        cell.pressure(),
        cell.at(),
        cell.signal(),
        retired(),
        attempts.size(),
        load.requests(),
        load.lost(),
        load.p50Millis(),
        load.p99Millis(),
        calm.p99Millis(),
        meanDeliveryMillis(),
        meanExitMillis());
  }
}
