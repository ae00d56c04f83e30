package io.kidreaper.manager;

import java.util.List;

/** What happens to a pool. Events about a worker that is not there any more change nothing. */
public sealed interface PoolEvent {
  /** Time has passed. */
  record Tick() implements PoolEvent {}

  /**
   * Running workers of a former kidreaper are in the pool; they have served, so they are ready. A
   * pool's first event, and all of them in one, so that nobody is started in their places.
   */
  record Adopted(List<Long> serials) implements PoolEvent {
    public Adopted {
      serials = List.copyOf(serials);
    }
  }

  /** The process could not be started. */
  record StartFailed(long serial, String reason) implements PoolEvent {}

  /** The worker was seen ready. */
  record BecameReady(long serial) implements PoolEvent {}

  /**
   * The process has ended, whoever wanted it.
   *
   * @param clean whether it exited with status 0
   * @param how the predicate of a sentence, with its last words
   */
  record Ended(long serial, boolean clean, String how) implements PoolEvent {}

  /** The worker should be replaced. */
  record Condemn(long serial, String reason) implements PoolEvent {}

  /**
   * The worker should go now, before there is another in its place: the last resort, when its
   * memory cannot be waited for.
   */
  record Expel(long serial, String reason) implements PoolEvent {}

  /** A retirement was given up and the worker serves on. */
  record RetirementFailed(long serial, String why) implements PoolEvent {}

  /** From now on so many workers are wanted, 0 or more. */
  record ScaleTo(int workers) implements PoolEvent {}

  /** All workers are to be replaced by ones of a new generation. */
  record Restart() implements PoolEvent {}

  /**
   * Whether there is memory for an old worker and its replacement at once. If not, an old one goes
   * first, one at a time.
   */
  record Overlap(boolean allowed) implements PoolEvent {}

  /** The pool is to end, workers finishing what they do. */
  record Stop() implements PoolEvent {}

  /** The pool is to end, whatever its workers do. */
  record StopNow() implements PoolEvent {}
}
