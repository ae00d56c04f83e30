package io.kidreaper.policy;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a policy remembers of one worker.
 *
 * @param overInARow readings at or above the limit up to the last one
 * @param condemned that it was decided, if it was
 * @param notBeforeMillis when it may be decided again
 * @param fresh what it had when it was fresh, if anybody read it then
 * @param stirs as last read
 * @param stillSinceMillis when they were first read to be so
 * @param successor whether it may be one that came for a worker on its way out
 * @param succeedsBytes what the worker had that it came for, until the two are compared
 */
public record Watched(
    int overInARow,
    Optional<Condemned> condemned,
    long notBeforeMillis,
    Optional<Fresh> fresh,
    OptionalLong stirs,
    long stillSinceMillis,
    boolean successor,
    OptionalLong succeedsBytes) {

  /**
   * That it is to go.
   *
   * @param hard whether by the last resort
   * @param privateBytes what its exit was to give back, where that was read
   */
  public record Condemned(boolean hard, OptionalLong privateBytes) {}

  static Watched newcomer(boolean successor, long nowMillis) {
    return new Watched(
        0,
        Optional.empty(),
        nowMillis,
        Optional.empty(),
        OptionalLong.empty(),
        nowMillis,
        successor,
        OptionalLong.empty());
  }

  Watched seen(int over, Optional<Fresh> freshReading, OptionalLong stirsNow, long nowMillis) {
    boolean stirred = stirsNow.isPresent() && !stirsNow.equals(stirs);
    if (!stirred && over == overInARow && freshReading.equals(fresh)) {
      return this;
    }
    return new Watched(
        over,
        condemned,
        notBeforeMillis,
        freshReading,
        stirred ? stirsNow : stirs,
        stirred ? nowMillis : stillSinceMillis,
        successor,
        succeedsBytes);
  }

  Watched condemn(Condemned how) {
    return new Watched(
        overInARow,
        Optional.of(how),
        notBeforeMillis,
        fresh,
        stirs,
        stillSinceMillis,
        successor,
        succeedsBytes);
  }

  /** Its retirement was given up; every reading over the limit counts anew. */
  Watched stay(long untilMillis) {
    return new Watched(
        0, Optional.empty(), untilMillis, fresh, stirs, stillSinceMillis, successor, succeedsBytes);
  }

  Watched succeeding(boolean mayBeSuccessor, OptionalLong bytes) {
    return new Watched(
        overInARow,
        condemned,
        notBeforeMillis,
        fresh,
        stirs,
        stillSinceMillis,
        mayBeSuccessor,
        bytes);
  }
}
