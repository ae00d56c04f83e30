package io.kidreaper.manager;

import io.kidreaper.manager.Backoff.Verdict;
import io.kidreaper.manager.PoolState.Phase;
import io.kidreaper.manager.Seat.Condemned;
import io.kidreaper.manager.Seat.Ready;
import io.kidreaper.manager.Seat.Starting;
import io.kidreaper.manager.Seat.Vacant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a pool does about what happens to it. Pure: a state, an event and a clock reading give the
 * next state, what is to be done, and when to ask again.
 *
 * <p>It promises: a ready worker is ordered to go only while at least as many others are ready as
 * are asked for (unless there is no memory for that, it was expelled, or the pool stops); there are
 * never more processes than asked for plus the surge, save those that a smaller number or a stop
 * has on their way out; a worker that has not been ready is not ordered to go, for it may be in the
 * state in which a signal runs its parent's handler; and a seat's next start always comes.
 */
public final class PoolMachine {
  /**
   * @param wakeAtMillis when to step with a Tick if nothing happens before
   */
  public record Step(PoolState state, List<PoolCommand> commands, OptionalLong wakeAtMillis) {
    public Step {
      commands = List.copyOf(commands);
    }
  }

  private PoolMachine() {}

  /**
   * @param nowMillis of a clock that never goes back; its zero does not matter
   */
  public static Step step(PoolState state, PoolEvent event, long nowMillis) {
    Draft draft = new Draft(state, nowMillis);
    switch (event) {
      case PoolEvent.Tick() -> {}
      case PoolEvent.Adopted(List<Long> serials) -> serials.forEach(it -> adopted(draft, it));
      case PoolEvent.StartFailed(long serial, String reason) -> startFailed(draft, serial, reason);
      case PoolEvent.BecameReady ready -> becameReady(draft, ready);
      case PoolEvent.Ended ended -> ended(draft, ended);
      case PoolEvent.Condemn condemn -> condemn(draft, condemn);
      case PoolEvent.Expel(long serial, String reason) -> expel(draft, serial, reason);
      case PoolEvent.RetirementFailed(long serial, String why) ->
          retirementFailed(draft, serial, why);
      case PoolEvent.ScaleTo(int workers) -> draft.workers = Math.max(0, workers);
      case PoolEvent.Restart() -> restart(draft);
      case PoolEvent.Overlap(boolean allowed) -> draft.overlapAllowed = allowed;
      case PoolEvent.Stop() -> stop(draft, false);
      case PoolEvent.StopNow() -> stop(draft, true);
    }
    switch (draft.phase) {
      case SERVING -> Reconciler.reconcile(draft);
      case STOPPING -> {
        if (draft.draining.isEmpty()) {
          draft.phase = Phase.FINISHED;
          draft.commands.add(new PoolCommand.Finished());
        }
      }
      case FINISHED -> {}
    }
    PoolState next = draft.done();
    return new Step(next, draft.commands, Reconciler.wakeAt(next, nowMillis));
  }

  private static void adopted(Draft draft, long serial) {
    Worker worker = new Worker(serial, draft.newestGeneration, draft.nowMillis, 0);
    draft.nextSerial = Math.max(draft.nextSerial, serial + 1);
    draft.provenGeneration = draft.newestGeneration;
    draft.seats.add(new Ready(worker, Optional.empty()));
  }

  private static void startFailed(Draft draft, long serial, String reason) {
    draft.draining.removeIf(drain -> drain.worker().serial() == serial);
    OptionalInt at = draft.seatOf(serial);
    if (at.isEmpty()) {
      return;
    }
    Worker worker = draft.seats.get(at.getAsInt()).occupant().orElseThrow();
    Verdict verdict =
        draft.settings.backoff().afterFailure(worker.failuresBefore(), draft.jitter());
    draft.seats.set(at.getAsInt(), vacant(draft, verdict));
    failedTrial(draft, worker);
    draft.tell(
        new PoolNote.StartFailed(serial, reason, verdict.failuresInARow(), verdict.delayMillis()));
    tellIfNeverReady(draft, worker, reason);
  }

  private static void becameReady(Draft draft, PoolEvent.BecameReady event) {
    OptionalInt at = draft.seatOf(event.serial());
    if (at.isEmpty()
        || !(draft.seats.get(at.getAsInt())
            instanceof Starting(Worker worker, Optional<Condemned> condemned, _))) {
      return;
    }
    draft.seats.set(at.getAsInt(), new Ready(worker, condemned));
    long tookMillis = draft.nowMillis - worker.startMillis();
    draft.tell(new PoolNote.Ready(worker.serial(), worker.generation(), tookMillis));
    if (worker.generation() > draft.provenGeneration) {
      draft.provenGeneration = worker.generation();
      draft.trial = Trial.NONE;
      condemnOlderThan(draft, worker.generation());
    }
  }

  private static void ended(Draft draft, PoolEvent.Ended event) {
    draft.draining.removeIf(drain -> drain.worker().serial() == event.serial());
    OptionalInt at = draft.seatOf(event.serial());
    if (at.isEmpty()) {
      return;
    }
    Seat seat = draft.seats.get(at.getAsInt());
    Worker worker = seat.occupant().orElseThrow();
    long livedMillis = draft.nowMillis - worker.startMillis();
    boolean wasReady = seat instanceof Ready;
    Verdict verdict =
        draft
            .settings
            .backoff()
            .afterEnd(
                worker.failuresBefore(), wasReady, event.clean(), livedMillis, draft.jitter());
    draft.seats.set(at.getAsInt(), vacant(draft, verdict));
    draft.tell(
        new PoolNote.Ended(
            worker.serial(),
            event.how(),
            livedMillis,
            verdict.failuresInARow(),
            verdict.delayMillis()));
    if (!wasReady) {
      failedTrial(draft, worker);
      tellIfNeverReady(draft, worker, "the first worker " + event.how());
    }
  }

  private static void condemn(Draft draft, PoolEvent.Condemn event) {
    OptionalInt at = draft.seatOf(event.serial());
    if (at.isEmpty()) {
      return;
    }
    Seat seat = draft.seats.get(at.getAsInt());
    draft.seats.set(at.getAsInt(), seat.condemn(event.reason(), draft.nowMillis));
  }

  /** One that was never ready is let come so far: a signal may run its parent's handler in it. */
  private static void expel(Draft draft, long serial, String reason) {
    OptionalInt at = draft.seatOf(serial);
    if (at.isEmpty()) {
      return;
    }
    Seat seat = draft.seats.get(at.getAsInt());
    if (seat instanceof Ready) {
      draft.drain(at.getAsInt(), reason);
    } else {
      draft.seats.set(at.getAsInt(), seat.condemn(reason, draft.nowMillis));
    }
  }

  private static void retirementFailed(Draft draft, long serial, String why) {
    if (draft.phase != Phase.SERVING) {
      return;
    }
    long retryMillis = draft.settings.retryRetirementMillis();
    for (Drain drain : List.copyOf(draft.draining)) {
      if (drain.worker().serial() == serial) {
        draft.draining.remove(drain);
        draft.seats.add(
            new Ready(
                drain.worker(),
                Optional.of(new Condemned(drain.reason(), draft.nowMillis + retryMillis))));
        draft.tell(new PoolNote.RetirementFailed(serial, why, retryMillis));
      }
    }
  }

  private static void restart(Draft draft) {
    if (draft.phase != Phase.SERVING) {
      return;
    }
    draft.newestGeneration++;
    draft.trial = Trial.NONE;
    draft.restarting = true;
    condemnOlderThan(draft, draft.newestGeneration);
    // Whoever restarts has likely repaired something: no waiting for what failed before.
    draft.seats.replaceAll(seat -> seat instanceof Vacant ? new Vacant(0, draft.nowMillis) : seat);
  }

  private static void condemnOlderThan(Draft draft, int generation) {
    draft.seats.replaceAll(seat ->
        seat.occupant().filter(worker -> worker.generation() < generation).isPresent()
            ? seat.condemn("restart as generation " + generation, draft.nowMillis)
            : seat);
  }

  private static void stop(Draft draft, boolean now) {
    if (draft.phase == Phase.SERVING) {
      draft.phase = Phase.STOPPING;
      draft.seats.removeIf(Vacant.class::isInstance);
      while (!draft.seats.isEmpty()) {
        draft.drain(0, "the pool stops");
      }
    }
    if (now) {
      draft.draining.forEach(
          drain -> draft.commands.add(new PoolCommand.Kill(drain.worker().serial())));
    }
  }

  private static Vacant vacant(Draft draft, Verdict verdict) {
    return new Vacant(verdict.failuresInARow(), draft.nowMillis + verdict.delayMillis());
  }

  private static void failedTrial(Draft draft, Worker worker) {
    if (worker.generation() == draft.newestGeneration
        && draft.provenGeneration > 0
        && draft.provenGeneration < draft.newestGeneration) {
      Verdict verdict =
          draft.settings.backoff().afterFailure(draft.trial.failures(), draft.jitter());
      draft.trial = new Trial(verdict.failuresInARow(), draft.nowMillis + verdict.delayMillis());
    }
  }

  private static void tellIfNeverReady(Draft draft, Worker worker, String why) {
    if (draft.provenGeneration == 0 && worker.failuresBefore() == 0) {
      draft.tell(new PoolNote.NeverReady(why));
    }
  }
}
