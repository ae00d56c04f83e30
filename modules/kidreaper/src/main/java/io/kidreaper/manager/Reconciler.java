package io.kidreaper.manager;

import io.kidreaper.manager.Seat.Condemned;
import io.kidreaper.manager.Seat.Ready;
import io.kidreaper.manager.Seat.Starting;
import io.kidreaper.manager.Seat.Vacant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Brings a serving pool a step nearer to what is asked for: as many fresh workers as wanted, all
 * others gone. It looks at the state alone, not at how the state came about.
 */
final class Reconciler {
  private Reconciler() {}

  static void reconcile(Draft draft) {
    tellSlowStarts(draft);
    trim(draft);
    drain(draft);
    grow(draft);
    start(draft);
    tellRestarted(draft);
  }

  /** When something will be due that no event announces. */
  static OptionalLong wakeAt(PoolState state, long nowMillis) {
    if (state.phase() != PoolState.Phase.SERVING) {
      return OptionalLong.empty();
    }
    LongStream seats =
        state.seats().stream()
            .flatMapToLong(seat ->
                switch (seat) {
                  case Vacant(_, long notBefore) -> LongStream.of(notBefore);
                  case Starting(Worker worker, _, boolean told) ->
                      told
                          ? LongStream.empty()
                          : LongStream.of(
                              worker.startMillis() + state.settings().slowStartMillis());
                  case Ready(_, Optional<Condemned> condemned) ->
                      condemned.stream().mapToLong(Condemned::notBeforeMillis);
                });
    return LongStream.concat(seats, trial(state)).filter(at -> at > nowMillis).min();
  }

  private static LongStream trial(PoolState state) {
    return state.overlapAllowed() || state.ready() < state.workers()
        ? LongStream.empty()
        : LongStream.of(state.trial().notBeforeMillis());
  }

  private static void tellSlowStarts(Draft draft) {
    draft.seats.replaceAll(seat -> {
      if (seat instanceof Starting(Worker worker, Optional<Condemned> condemned, boolean told)
          && !told
          && draft.nowMillis - worker.startMillis() >= draft.settings.slowStartMillis()) {
        draft.tell(new PoolNote.SlowStart(worker.serial(), draft.nowMillis - worker.startMillis()));
        return new Starting(worker, condemned, true);
      }
      return seat;
    });
  }

  /** More fresh seats than wanted: empty ones go first, then newborns, then the oldest. */
  private static void trim(Draft draft) {
    while (draft.count(Seat::isFresh) > draft.workers) {
      OptionalInt empty =
          find(draft, Vacant.class::isInstance, Comparator.comparingLong(Reconciler::latest));
      if (empty.isPresent()) {
        draft.seats.remove(empty.getAsInt());
        continue;
      }
      int surplus =
          find(
                  draft,
                  seat -> seat instanceof Starting && seat.isFresh(),
                  Comparator.comparingLong(seat -> -started(seat)))
              .orElseGet(() ->
                  find(draft, Seat::isFresh, Comparator.comparingLong(Reconciler::started))
                      .orElseThrow());
      draft.seats.set(
          surplus, draft.seats.get(surplus).condemn("fewer workers are wanted", draft.nowMillis));
    }
  }

  /** Lets condemned workers go, the oldest first, while they can be spared. */
  private static void drain(Draft draft) {
    OptionalInt next = condemned(draft, Starting.class);
    while (next.isPresent()) {
      draft.drain(next.getAsInt(), reason(draft.seats.get(next.getAsInt())));
      next = condemned(draft, Starting.class);
    }
    next = condemned(draft, Ready.class);
    while (next.isPresent() && canSpareOne(draft)) {
      draft.drain(next.getAsInt(), reason(draft.seats.get(next.getAsInt())));
      next = condemned(draft, Ready.class);
    }
  }

  private static boolean canSpareOne(Draft draft) {
    if (draft.ready() > draft.workers) {
      return true;
    }
    // No memory for both at once: the old one first, one at a time and only from a full house.
    return !draft.overlapAllowed
        && draft.draining.isEmpty()
        && draft.trial.notBeforeMillis() <= draft.nowMillis
        && draft.ready() == draft.workers
        && draft.count(Starting.class::isInstance) == 0;
  }

  /** The oldest worker that is to go and may; a newborn only after it was told to be slow. */
  private static OptionalInt condemned(Draft draft, Class<? extends Seat> kind) {
    return find(
        draft,
        seat ->
            kind.isInstance(seat)
                && switch (seat) {
                  case Vacant _ -> false;
                  case Starting(_, Optional<Condemned> condemned, boolean told) ->
                      told && condemned.isPresent();
                  case Ready(_, Optional<Condemned> condemned) ->
                      condemned.filter(it -> it.notBeforeMillis() <= draft.nowMillis).isPresent();
                },
        Comparator.comparingLong(Reconciler::started));
  }

  private static void grow(Draft draft) {
    while (draft.count(Seat::isFresh) < draft.workers && roomForOneMore(draft)) {
      draft.seats.add(new Vacant(0, draft.nowMillis));
    }
  }

  private static boolean roomForOneMore(Draft draft) {
    int seats = draft.seats.size();
    int all = seats + draft.draining.size();
    return draft.overlapAllowed
        ? seats < draft.workers || all < draft.workers + draft.settings.surge()
        : all < draft.workers;
  }

  private static void start(Draft draft) {
    for (int i = 0; i < draft.seats.size(); i++) {
      if (draft.seats.get(i) instanceof Vacant(int failures, long notBefore)
          && notBefore <= draft.nowMillis) {
        OptionalInt generation = generation(draft, failures);
        if (generation.isPresent()) {
          Worker worker =
              new Worker(draft.nextSerial++, generation.getAsInt(), draft.nowMillis, failures);
          // One of an older generation steps in only until the newest works.
          Optional<Condemned> passing =
              worker.generation() < draft.newestGeneration
                  ? Optional.of(new Condemned("restart", draft.nowMillis))
                  : Optional.empty();
          draft.seats.set(i, new Starting(worker, passing, false));
          draft.commands.add(new PoolCommand.Start(worker.serial(), worker.generation()));
        }
      }
    }
  }

  /**
   * Of which generation the next worker is. Until one of the newest generation was ever ready, only
   * one at a time tries, and only where nobody is missing: whoever dies meanwhile is succeeded by
   * one of the generation that is known to work. If that one fails too, both are tried in turn.
   */
  private static OptionalInt generation(Draft draft, int failures) {
    if (draft.provenGeneration == 0 || draft.provenGeneration == draft.newestGeneration) {
      return OptionalInt.of(draft.newestGeneration);
    }
    boolean somebodyIsMissing = draft.count(seat -> !(seat instanceof Vacant)) < draft.workers;
    // Where an old one goes first somebody is always missing, and the newest would never be tried.
    boolean provensTurn =
        draft.overlapAllowed
            ? failures % 2 == 0
            : failures % 2 == 1 || draft.trial.notBeforeMillis() > draft.nowMillis;
    if (somebodyIsMissing && provensTurn) {
      return OptionalInt.of(draft.provenGeneration);
    }
    boolean oneTries =
        draft.count(seat ->
            seat instanceof Starting(Worker worker, _, _)
                && worker.generation() == draft.newestGeneration)
            > 0;
    if (!oneTries) {
      return OptionalInt.of(draft.newestGeneration);
    }
    return somebodyIsMissing ? OptionalInt.of(draft.provenGeneration) : OptionalInt.empty();
  }

  private static void tellRestarted(Draft draft) {
    if (draft.restarting
        && draft.draining.isEmpty()
        && draft.seats.size() == draft.workers
        && draft.count(seat ->
            seat instanceof Ready(Worker worker, _)
                && worker.generation() == draft.newestGeneration)
            == draft.workers) {
      draft.restarting = false;
      draft.tell(new PoolNote.Restarted(draft.newestGeneration));
    }
  }

  private static OptionalInt find(
      Draft draft, Predicate<Seat> which, Comparator<Seat> smallestFirst) {
    return IntStream.range(0, draft.seats.size())
        .filter(i -> which.test(draft.seats.get(i)))
        .boxed()
        .min(Comparator.comparing(draft.seats::get, smallestFirst))
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  private static long latest(Seat seat) {
    return seat instanceof Vacant(_, long notBefore) ? -notBefore : 0;
  }

  /** Serials count up, so the smaller is the older. */
  private static long started(Seat seat) {
    return seat.occupant().map(Worker::serial).orElse(0L);
  }

  private static String reason(Seat seat) {
    return switch (seat) {
      case Vacant _ -> "";
      case Starting(_, Optional<Condemned> condemned, _) ->
          condemned.map(Condemned::reason).orElse("");
      case Ready(_, Optional<Condemned> condemned) -> condemned.map(Condemned::reason).orElse("");
    };
  }
}
