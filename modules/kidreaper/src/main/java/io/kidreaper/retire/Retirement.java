package io.kidreaper.retire;

import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Follows one worker from the signal to its replacement.
 *
 * <p>The order is what makes it safe: first a handle that is bound to the process, then the checks
 * (same start time, same parent, same manager), then the signal through that handle. A pid that
 * changed hands meanwhile is not reached.
 */
final class Retirement {
  private static final Duration STEP = Duration.ofMillis(100);
  private static final Duration FIRST_LOOK = Duration.ofMillis(5);

  private final Processes processes;
  private final PoolReader pool;
  private final ManagerWatch watch;
  private final Time time;
  private final Progress progress;
  private final BooleanSupplier cancelled;
  private Optional<Long> lastSignalNanos = Optional.empty();

  Retirement(
      Processes processes,
      PoolReader pool,
      ManagerWatch watch,
      Time time,
      Progress progress,
      BooleanSupplier cancelled) {
    this.processes = processes;
    this.pool = pool;
    this.watch = watch;
    this.time = time;
    this.progress = progress;
    this.cancelled = cancelled;
  }

  /** When the last signal was sent, by {@link Time#nanos()}; empty while none was. */
  Optional<Long> lastSignalNanos() {
    return lastSignalNanos;
  }

  /**
   * Retires one worker.
   *
   * @param known all processes seen in the pool so far: whatever is not among them is new
   * @param grace how long the worker may take to leave, and its replacement to come
   */
  Outcome retire(ProcessId worker, Signal signal, Duration grace, Set<ProcessId> known) {
    return switch (processes.open(worker)) {
      case Processes.Opened.Gone _ -> new Outcome.Vanished();
      case Processes.Opened.Refused(String reason) ->
          new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, reason);
      case Processes.Opened.Here(ProcessRef process) -> {
        try (process) {
          yield retire(process, signal, grace, known);
        }
      }
    };
  }

  private Outcome retire(ProcessRef process, Signal signal, Duration grace, Set<ProcessId> known) {
    // The slow look first: next to nothing may come between the checks and the signal.
    OptionalLong privateBytes = privateBytes(process.memory());
    int parent = process.parentPid();
    if (parent == 0) {
      return new Outcome.Vanished();
    }
    Optional<String> lost = watch.lost();
    if (lost.isPresent()) {
      return new Outcome.NotSignalled(Outcome.Why.MANAGER_LOST, lost.get());
    }
    if (parent != watch.manager().pid()) {
      return new Outcome.NotSignalled(
          Outcome.Why.NOT_A_CHILD, "its parent is now process " + parent);
    }
    if (cancelled.getAsBoolean()) {
      return interrupted();
    }
    return switch (process.send(signal)) {
      case ProcessRef.Sent.Gone() -> new Outcome.Vanished();
      case ProcessRef.Sent.Refused(String reason) ->
          new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, reason);
      case ProcessRef.Sent.Done() -> follow(process, grace, privateBytes, known);
    };
  }

  static Outcome interrupted() {
    return new Outcome.NotSignalled(
        Outcome.Why.INTERRUPTED, "kidreaper was asked to stop before its turn");
  }

  private Outcome follow(
      ProcessRef process, Duration grace, OptionalLong privateBytes, Set<ProcessId> known) {
    long signalled = time.nanos();
    lastSignalNanos = Optional.of(signalled);
    while (!process.ended(step(STEP, grace, signalled))) {
      Optional<String> lost = watch.lost();
      if (lost.isPresent()) {
        // Both may have ended within this step, and who was first does not matter.
        Optional<Long> exit =
            process.ended(Duration.ZERO)
                ? Optional.of(time.millisSince(signalled))
                : Optional.empty();
        return new Outcome.ManagerLost(exit, lost.get());
      }
      long waited = time.millisSince(signalled);
      if (waited >= grace.toMillis() || cancelled.getAsBoolean()) {
        return new Outcome.StillThere(waited);
      }
      progress.draining(process.id(), waited);
    }
    return awaitReplacement(process.id(), time.millisSince(signalled), grace, privateBytes, known);
  }

  /** A step, or what is left of the grace since a moment if that is less. */
  private Duration step(Duration step, Duration grace, long sinceNanos) {
    long left = Math.max(0, grace.toMillis() - time.millisSince(sinceNanos));
    return Duration.ofMillis(Math.min(left, step.toMillis()));
  }

  private Outcome awaitReplacement(
      ProcessId worker,
      long exitMillis,
      Duration grace,
      OptionalLong givenBackBytes,
      Set<ProcessId> known) {
    long ended = time.nanos();
    Duration pause = FIRST_LOOK;
    while (true) {
      Optional<String> lost = watch.lost();
      if (lost.isPresent()) {
        return new Outcome.ManagerLost(Optional.of(exitMillis), lost.get());
      }
      long waited = time.millisSince(ended);
      Optional<ProcessId> newcomer = newcomer(known);
      if (newcomer.isPresent()) {
        return new Outcome.Retired(
            exitMillis,
            givenBackBytes,
            new Outcome.Replacement(newcomer.get(), waited, memory(newcomer.get())));
      }
      if (waited >= grace.toMillis() || cancelled.getAsBoolean()) {
        return new Outcome.NotReplaced(exitMillis, givenBackBytes, waited);
      }
      progress.awaitingReplacement(worker, waited);
      time.sleep(step(pause, grace, ended));
      pause = pause.multipliedBy(2).compareTo(STEP) < 0 ? pause.multipliedBy(2) : STEP;
    }
  }

  private Optional<ProcessId> newcomer(Set<ProcessId> known) {
    return membersNow().stream().filter(id -> !known.contains(id)).findFirst();
  }

  /** Who is in the pool now, as far as it can be told. */
  Set<ProcessId> membersNow() {
    return switch (pool.read(_ -> false)) {
      case PoolReading.Read(var snapshot) -> snapshot.ids();
      // The watch tells a lost manager apart from a list that could not be had this time.
      case PoolReading.ManagerGone _, PoolReading.Unreadable _ -> Set.of();
    };
  }

  private Reading memory(ProcessId newcomer) {
    return switch (processes.open(newcomer)) {
      case Processes.Opened.Gone _ -> new Reading.Vanished();
      case Processes.Opened.Refused(String reason) -> new Reading.Unreadable(reason);
      case Processes.Opened.Here(ProcessRef process) -> {
        try (process) {
          yield process.memory();
        }
      }
    };
  }

  private static OptionalLong privateBytes(Reading reading) {
    return reading instanceof Sample(_, _, Rollup rollup)
        ? OptionalLong.of(rollup.privateBytes())
        : OptionalLong.empty();
  }
}
