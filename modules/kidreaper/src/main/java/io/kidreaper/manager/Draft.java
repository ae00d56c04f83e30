package io.kidreaper.manager;

import io.kidreaper.manager.PoolState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** A state that one step is being made of: what changes is here, and the commands so far. */
final class Draft {
  final PoolSettings settings;
  final long nowMillis;
  final List<Seat> seats;
  final List<Drain> draining;
  final List<PoolCommand> commands = new ArrayList<>();
  int workers;
  int newestGeneration;
  int provenGeneration;
  Trial trial;
  long nextSerial;
  boolean overlapAllowed;
  Phase phase;
  boolean restarting;
  private long jitterSeed;

  Draft(PoolState from, long nowMillis) {
    this.settings = from.settings();
    this.nowMillis = nowMillis;
    this.seats = new ArrayList<>(from.seats());
    this.draining = new ArrayList<>(from.draining());
    this.workers = from.workers();
    this.newestGeneration = from.newestGeneration();
    this.provenGeneration = from.provenGeneration();
    this.trial = from.trial();
    this.nextSerial = from.nextSerial();
    this.overlapAllowed = from.overlapAllowed();
    this.phase = from.phase();
    this.restarting = from.restarting();
    this.jitterSeed = from.jitterSeed();
  }

  PoolState done() {
    return new PoolState(
        settings,
        workers,
        seats,
        draining,
        newestGeneration,
        provenGeneration,
        trial,
        nextSerial,
        overlapAllowed,
        phase,
        restarting,
        jitterSeed);
  }

  /** From 0 inclusive to 1 exclusive; the same state gives the same one. */
  double jitter() {
    SplittableRandom random = new SplittableRandom(jitterSeed);
    jitterSeed = random.nextLong();
    return random.nextDouble();
  }

  void tell(PoolNote note) {
    commands.add(new PoolCommand.Tell(note));
  }

  int count(Predicate<Seat> which) {
    return (int) seats.stream().filter(which).count();
  }

  int ready() {
    return count(Seat.Ready.class::isInstance);
  }

  /** Where the worker sits, if it does. */
  OptionalInt seatOf(long serial) {
    for (int i = 0; i < seats.size(); i++) {
      if (seats.get(i).occupant().filter(worker -> worker.serial() == serial).isPresent()) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** Gives a seat's worker no seat any more and has it retired. */
  void drain(int seat, String reason) {
    Worker worker = seats.remove(seat).occupant().orElseThrow();
    draining.add(new Drain(worker, reason));
    commands.add(new PoolCommand.Retire(worker.serial(), reason));
  }
}
