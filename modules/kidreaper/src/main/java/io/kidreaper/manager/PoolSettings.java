package io.kidreaper.manager;

/**
 * What does not change while a pool runs.
 *
 * @param surge workers that may exist beyond the number asked for, for the time in which a new one
 *     starts and an old one goes; at least 1
 * @param slowStartMillis a worker that is not ready by then is told of; it is neither killed nor
 *     given up, since it may be waiting for a database
 * @param retryRetirementMillis how long a worker whose retirement failed is left in peace
 */
public record PoolSettings(
    int surge, long slowStartMillis, long retryRetirementMillis, Backoff backoff) {
  public static final PoolSettings DEFAULT = new PoolSettings(1, 30_000, 10_000, Backoff.DEFAULT);

  public PoolSettings {
    if (surge < 1) {
      throw new IllegalArgumentException("surge below 1: " + surge);
    }
  }
}
