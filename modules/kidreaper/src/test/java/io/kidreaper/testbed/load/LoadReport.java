package io.kidreaper.testbed.load;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What became of a load.
 *
 * @param counts how many requests came to each outcome; outcomes that did not occur are missing
 * @param losses the first of those that were not answered right, at most 20, in order of time
 * @param p50Millis half of all requests, lost ones too, took at most this long
 * @param p99Millis 99 in 100 took at most this long
 * @param seed what the requests were drawn from
 */
public record LoadReport(
    Map<Outcome, Integer> counts,
    List<Loss> losses,
    double p50Millis,
    double p99Millis,
    double maxMillis,
    long seed) {
  private static final int LOSSES_LIMIT = 20;
  private static final double NANOS_A_MILLI = 1e6;

  static LoadReport of(List<Tally> tallies, long seed) {
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    tallies.forEach(
        tally -> tally.counts().forEach((outcome, n) -> counts.merge(outcome, n, Integer::sum)));
    List<Loss> losses =
        tallies.stream()
            .flatMap(tally -> tally.losses().stream())
            // The rarest kind says most, and must not be cut off by the others.
            .sorted(
                Comparator.<Loss>comparingInt(loss -> counts.get(loss.outcome()))
                    .thenComparingLong(Loss::atMillis))
            .limit(LOSSES_LIMIT)
            .toList();
    long[] sorted =
        tallies.stream()
            .flatMapToLong(tally -> LongStream.of(tally.latenciesNanos()))
            .sorted()
            .toArray();
    return new LoadReport(
        Map.copyOf(counts),
        losses,
        percentileMillis(sorted, 50),
        percentileMillis(sorted, 99),
        percentileMillis(sorted, 100),
        seed);
  }

  /** All requests. */
  public int requests() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many came to one outcome. */
  public int count(Outcome outcome) {
    return counts.getOrDefault(outcome, 0);
  }

  /** All requests that were not answered right. */
  public int lost() {
    return requests() - count(Outcome.OK);
  }

  @Override
  public String toString() {
    String summary =
        "%d requests, %d lost %s, p50 %.1f ms, p99 %.1f ms, max %.1f ms, seed %d"
            .formatted(requests(), lost(), counts, p50Millis, p99Millis, maxMillis, seed);
    return losses.stream()
        .map(Loss::toString)
        .collect(Collectors.joining("\n  ", losses.isEmpty() ? summary : summary + "\n  ", ""));
  }

  // Nearest rank: the smallest value that so many in a hundred do not exceed; not a number where
  // there were none.
  private static double percentileMillis(long[] sortedNanos, int percent) {
    if (sortedNanos.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(sortedNanos.length * percent / 100.0);
    return sortedNanos[Math.max(0, rank - 1)] / NANOS_A_MILLI;
  }
}
