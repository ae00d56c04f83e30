package io.kidreaper.testbed.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One connection's requests, counted; for one thread. */
final class Tally {
  private static final int LOSSES_LIMIT = 20;

  private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
  private final List<Loss> losses = new ArrayList<>();
  private long[] latenciesNanos = new long[1024];
  private int requests;

  void add(Outcome outcome, long tookNanos) {
    counts.merge(outcome, 1, Integer::sum);
    if (requests == latenciesNanos.length) {
      latenciesNanos = Arrays.copyOf(latenciesNanos, 2 * requests);
    }
    latenciesNanos[requests++] = tookNanos;
  }

  void lost(Loss loss) {
    if (losses.size() < LOSSES_LIMIT) {
      losses.add(loss);
    }
  }

  Map<Outcome, Integer> counts() {
    return counts;
  }

  List<Loss> losses() {
    return losses;
  }

  long[] latenciesNanos() {
    return Arrays.copyOf(latenciesNanos, requests);
  }
}
