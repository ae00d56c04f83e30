package io.kidreaper.show;

import java.util.Arrays;

/** What came of the requests so far. Safe from any thread. */
final class Tally {
  private long answered;
  private long lost;
  private String firstLoss = "";
  private int[] micros = new int[4_096];
  private int timed;

  /**
   * At one moment.
   *
   * @param answered whole, every byte as expected
   * @param firstLoss how the first lost one was lost, or empty
   */
  record Count(long answered, long lost, String firstLoss, double p50Millis, double p99Millis) {}

  synchronized void answered(long nanos) {
    answered++;
    if (timed == micros.length) {
      micros = Arrays.copyOf(micros, micros.length * 2);
    }
    micros[timed++] = (int) Math.min(nanos / 1_000, Integer.MAX_VALUE);
  }

  synchronized void lost(String how) {
    if (lost++ == 0) {
      firstLoss = how;
    }
  }

  synchronized Count count() {
    int[] sorted = Arrays.copyOf(micros, timed);
    Arrays.sort(sorted);
    return new Count(answered, lost, firstLoss, millis(sorted, 0.5), millis(sorted, 0.99));
  }

  private static double millis(int[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))] / 1_000.0;
  }
}
