package io.kidreaper.manager;

/**
 * When the successor of a worker that ended may start. Pure.
 *
 * <p>A worker that served well is replaced at once. One that failed — it ended before it was ready,
 * or soon after its start and not of its own accord — is replaced after a delay that doubles with
 * every failure in a row, never beyond the longest and never for good. The jitter takes up to half
 * of a delay off, so that the workers of a broken pool do not all come back in one moment.
 *
 * @param quickDeathMillis an end within this time of the start is a failure even if the worker was
 *     ready
 * @param firstDelayMillis after one failure, at least 1
 * @param longestDelayMillis after many, at least {@code firstDelayMillis}
 * @param spacingMillis between two starts in one seat at least, however well its workers ended: a
 *     program that serves one request and exits must not spin
 */
public record Backoff(
    long quickDeathMillis, long firstDelayMillis, long longestDelayMillis, long spacingMillis) {
  public static final Backoff DEFAULT = new Backoff(5_000, 250, 60_000, 100);

  public Backoff {
    if (firstDelayMillis < 1 || longestDelayMillis < firstDelayMillis || spacingMillis < 0) {
      throw new IllegalArgumentException("delays do not grow from 1 ms up");
    }
  }

  /**
   * What an end means for the next start.
   *
   * @param failuresInARow 0 if the end was no failure
   * @param delayMillis from the end on, 0 or more
   */
  public record Verdict(int failuresInARow, long delayMillis) {}

  /**
   * @param failuresBefore in a row, of the seat's former workers
   * @param wasReady whether the worker was seen ready
   * @param clean whether it exited with status 0
   * @param livedMillis from its start to its end
   * @param jitter from 0 inclusive to 1 exclusive
   */
  public Verdict afterEnd(
      int failuresBefore, boolean wasReady, boolean clean, long livedMillis, double jitter) {
    if (wasReady && (clean || livedMillis >= quickDeathMillis)) {
      return new Verdict(0, Math.max(0, spacingMillis - livedMillis));
    }
    return afterFailure(failuresBefore, jitter);
  }

  /** A start that did not come about counts like a worker that failed. */
  public Verdict afterFailure(int failuresBefore, double jitter) {
    int failures = failuresBefore == Integer.MAX_VALUE ? failuresBefore : failuresBefore + 1;
    // Beyond 2^30 times the first delay any long one is the longest.
    long doubled = firstDelayMillis << Math.min(failures - 1, 30);
    long full =
        doubled < firstDelayMillis ? longestDelayMillis : Math.min(doubled, longestDelayMillis);
    return new Verdict(failures, Math.max(1, full - (long) (full / 2.0 * jitter)));
  }
}
