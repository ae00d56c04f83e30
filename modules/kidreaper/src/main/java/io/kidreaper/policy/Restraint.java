package io.kidreaper.policy;

/**
 * How fast a policy may go.
 *
 * @param atMostLeaving workers that are on their way out or not yet replaced, at least 1
 * @param keepWorkers never fewer than so many are left, those on their way out not counted
 * @param gapMillis between two decisions at least
 * @param minAgeMillis younger workers, and those whose age is unknown if this is more than 0, are
 *     let be
 * @param successionMillis a worker that has gone and was not replaced by then is not waited for any
 *     more: its manager may want fewer
 * @param retryMillis how long a worker whose retirement was given up is left in peace
 * @param futileToFreeze so many retirements in a row that give back less than a tenth freeze the
 *     pool; 0 for never
 */
public record Restraint(
    int atMostLeaving,
    int keepWorkers,
    long gapMillis,
    long minAgeMillis,
    long successionMillis,
    long retryMillis,
    int futileToFreeze) {
  /** For a pool of kidreaper's own: its machine keeps the number and the order. */
  public static final Restraint MANAGED =
      new Restraint(Integer.MAX_VALUE, 0, 0, 0, 60_000, 10_000, 0);

  /** For a pool of another manager. */
  public static final Restraint ATTACHED = new Restraint(1, 1, 1_000, 10_000, 60_000, 10_000, 3);

  public Restraint {
    if (atMostLeaving < 1
        || keepWorkers < 0
        || gapMillis < 0
        || minAgeMillis < 0
        || successionMillis < 0
        || retryMillis < 0
        || futileToFreeze < 0) {
      throw new IllegalArgumentException("a restraint below nothing");
    }
  }
}
