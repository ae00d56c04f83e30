package io.kidreaper.policy;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Limit;

/** Why a worker should go, with the figures that decided it. */
public sealed interface Reason {
  /**
   * It was at or above its limit.
   *
   * @param samples in a row
   */
  record OverLimit(Limit limit, long valueBytes, int samples) implements Reason {}

  /**
   * The pool was above its budget and this was its largest idle worker.
   *
   * @param poolBytes at least so much the pool had
   * @param privateBytes of the worker
   */
  record OverBudget(long budgetBytes, long poolBytes, long privateBytes) implements Reason {}

  /**
   * It has served long enough.
   *
   * @param drawnRequests what jitter made of the setting for this worker
   */
  record EnoughRequests(long requests, long drawnRequests) implements Reason {}

  /**
   * It is old enough.
   *
   * @param drawnMillis what jitter made of the setting for this worker
   */
  record OldEnough(long ageMillis, long drawnMillis) implements Reason {}

  /** It has had no request for long and keeps memory that a fresh worker would not have. */
  record IdleAndGrown(long idleMillis, long privateBytes, long bootBytes) implements Reason {}

  /** It was at or above the hard limit. */
  record OverHardLimit(Limit limit, long valueBytes) implements Reason {}

  /** The word for it in metrics and JSON. */
  default String word() {
    return switch (this) {
      case OverLimit _ -> "limit";
      case OverBudget _ -> "budget";
      case EnoughRequests _ -> "requests";
      case OldEnough _ -> "age";
      case IdleAndGrown _ -> "idle";
      case OverHardLimit _ -> "hard-limit";
    };
  }

  /** For a log, to follow a worker's name and a colon. */
  default String text() {
    return switch (this) {
      case OverLimit(Limit limit, long value, int samples) ->
          "%s reached: %s".formatted(limit, new ByteSize(value))
              + (samples > 1 ? " in %d readings in a row".formatted(samples) : "");
      case OverBudget(long budget, long pool, long own) ->
          "the pool has at least %s of a budget of %s; it has the most of those idle, %s"
              .formatted(new ByteSize(pool), new ByteSize(budget), new ByteSize(own));
      case EnoughRequests(long requests, long drawn) ->
          "%d requests of its %d".formatted(requests, drawn);
      case OldEnough(long age, long drawn) ->
          "%d s old of its %d".formatted(age / 1000, drawn / 1000);
      case IdleAndGrown(long idle, long own, long boot) ->
          "idle for %d s and grown from %s to %s"
              .formatted(idle / 1000, new ByteSize(boot), new ByteSize(own));
      case OverHardLimit(Limit limit, long value) ->
          "hard %s reached: %s".formatted(limit, new ByteSize(value));
    };
  }
}
