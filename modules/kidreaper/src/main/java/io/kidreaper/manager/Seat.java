package io.kidreaper.manager;

import java.util.Optional;

/** A place in the pool that at most one worker fills. */
public sealed interface Seat {
  /**
   * Nobody is there yet.
   *
   * @param failures in a row of those who were
   * @param notBeforeMillis when the next may start
   */
  record Vacant(int failures, long notBeforeMillis) implements Seat {}

  /** A process that has not been seen ready. */
  record Starting(Worker worker, Optional<Condemned> condemned, boolean slowTold) implements Seat {}

  /** A worker that serves. */
  record Ready(Worker worker, Optional<Condemned> condemned) implements Seat {}

  /**
   * That a worker is to go once it can be spared, and why.
   *
   * @param notBeforeMillis when its retirement may be tried
   */
  record Condemned(String reason, long notBeforeMillis) {}

  /** Whether the seat counts towards the number asked for: nobody in it, or one who may stay. */
  default boolean isFresh() {
    return switch (this) {
      case Vacant _ -> true;
      case Starting(_, Optional<Condemned> condemned, _) -> condemned.isEmpty();
      case Ready(_, Optional<Condemned> condemned) -> condemned.isEmpty();
    };
  }

  /** Who is there. */
  default Optional<Worker> occupant() {
    return switch (this) {
      case Vacant _ -> Optional.empty();
      case Starting(Worker worker, _, _) -> Optional.of(worker);
      case Ready(Worker worker, _) -> Optional.of(worker);
    };
  }

  /** The same seat with its worker condemned; an earlier reason stands. */
  default Seat condemn(String reason, long nowMillis) {
    Optional<Condemned> now = Optional.of(new Condemned(reason, nowMillis));
    return switch (this) {
      case Vacant vacant -> vacant;
      case Starting(Worker worker, Optional<Condemned> was, boolean told) ->
          new Starting(worker, was.or(() -> now), told);
      case Ready(Worker worker, Optional<Condemned> was) -> new Ready(worker, was.or(() -> now));
    };
  }
}
