package io.kidreaper.retire;

import io.kidreaper.memory.Reading;
import io.kidreaper.pool.ProcessId;
import java.util.Optional;
import java.util.OptionalLong;

/** What a sweep came to for one worker. */
public sealed interface Outcome {

  /** Whether the worker got a signal. */
  default boolean signalled() {
    return switch (this) {
      case Retired _, NotReplaced _, StillThere _, ManagerLost _ -> true;
      case Kept _, WouldRetire _, Vanished _, Unreadable _, NotAWorker _, NotSignalled _ -> false;
    };
  }

  /** Under the limit, left alone. */
  record Kept() implements Outcome {}

  /** Over the limit, and only looked at. */
  record WouldRetire() implements Outcome {}

  /** Ended by itself before anything was done to it. */
  record Vanished() implements Outcome {}

  /** Could not be judged, so nothing was done to it. */
  record Unreadable(String reason) implements Outcome {}

  /** Over the limit, but no worker of the pool: left alone, as is right. */
  record NotAWorker(String reason) implements Outcome {}

  /** Over the limit and not signalled. */
  record NotSignalled(Why why, String detail) implements Outcome {}

  /**
   * Left, and another came in its place.
   *
   * @param exitMillis from the first signal to its end
   * @param givenBackBytes its private memory just before the signal, where readable
   */
  record Retired(
      Signals signals, long exitMillis, OptionalLong givenBackBytes, Replacement replacement)
      implements Outcome {}

  /**
   * Left, and none came in its place.
   *
   * @param exitMillis from the first signal to its end
   * @param givenBackBytes its private memory just before the signal, where readable
   * @param waitedMillis how long a replacement was waited for after its end
   */
  record NotReplaced(
      Signals signals, long exitMillis, OptionalLong givenBackBytes, long waitedMillis)
      implements Outcome {}

  /**
   * Was signalled and is still there.
   *
   * @param waitedMillis since the first signal
   * @param last what it was doing at the end
   */
  record StillThere(Signals signals, long waitedMillis, Activity last) implements Outcome {}

  /**
   * Was signalled, and then its manager died or changed.
   *
   * @param exitMillis from the first signal to the worker's end, where it ended
   */
  record ManagerLost(Signals signals, Optional<Long> exitMillis, String reason)
      implements Outcome {}

  /**
   * The signals a worker got.
   *
   * @param kill the last resort after the first was in vain
   */
  record Signals(Moment first, Optional<Moment> kill) {}

  /**
   * The worker that came in place of another.
   *
   * @param afterMillis from the old one's end until the new one was seen
   */
  record Replacement(ProcessId id, long afterMillis, Reading memory) {}

  /** Why a worker that should go was not signalled. */
  enum Why {
    /** The right moment did not come within the patience. */
    BUSY,
    /** It is stopped, or traced by somebody else. */
    NOT_NOW,
    /** Its parent is no longer the manager. */
    NOT_A_CHILD,
    /** The system did not allow it. */
    NOT_PERMITTED,
    /** The manager died or changed before its turn came. */
    MANAGER_LOST,
    /** The sweep was asked to stop before its turn came. */
    INTERRUPTED
  }
}
