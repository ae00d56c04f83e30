package io.kidreaper.manager;

/** What people are told of a pool; the words are {@link #text}. */
public sealed interface PoolNote {
  record Ready(long serial, int generation, long tookMillis) implements PoolNote {}

  /**
   * A worker ended that nobody had asked to.
   *
   * @param nextStartMillis until the next start in its seat
   */
  record Ended(long serial, String how, long livedMillis, int failures, long nextStartMillis)
      implements PoolNote {}

  record StartFailed(long serial, String reason, int failures, long nextStartMillis)
      implements PoolNote {}

  /** The very first workers failed before any was ever ready: the command is likely wrong. */
  record NeverReady(String why) implements PoolNote {}

  record SlowStart(long serial, long sinceMillis) implements PoolNote {}

  record RetirementFailed(long serial, String why, long retryMillis) implements PoolNote {}

  record KillFailed(long serial, String why) implements PoolNote {}

  /** All workers are of the generation that the last restart asked for. */
  record Restarted(int generation) implements PoolNote {}

  /** A sentence for a log. */
  default String text() {
    return switch (this) {
      case Ready(long serial, int generation, long took) ->
          "worker %d of generation %d is ready after %d ms".formatted(serial, generation, took);
      case Ended(long serial, String how, long lived, int failures, long next) ->
          "worker %d %s after %d ms%s".formatted(serial, how, lived, next(failures, next));
      case StartFailed(long serial, String reason, int failures, long next) ->
          "worker %d did not start: %s%s".formatted(serial, reason, next(failures, next));
      case NeverReady(String why) -> "no worker was ever ready: " + why;
      case SlowStart(long serial, long since) ->
          "worker %d is not ready after %d ms and is waited for".formatted(serial, since);
      case RetirementFailed(long serial, String why, long retry) ->
          "worker %d was not retired: %s; next try in %d ms".formatted(serial, why, retry);
      case KillFailed(long serial, String why) ->
          "worker %d was not killed: %s".formatted(serial, why);
      case Restarted(int generation) -> "all workers are of generation " + generation;
    };
  }

  private static String next(int failures, long millis) {
    return failures == 0
        ? ""
        : "; failure %d in a row, next start in %d ms".formatted(failures, millis);
  }
}
