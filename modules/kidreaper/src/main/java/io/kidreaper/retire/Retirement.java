package io.kidreaper.retire;

import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * Follows one worker from the decision to its end, and then to its replacement.
 *
 * <p>The order is what makes it safe: first a handle that is bound to the process, then the checks
 * (same start time, same parent, same manager), then the signal at the right moment through that
 * handle. A pid that changed hands meanwhile is not reached.
 */
public final class Retirement {
  private static final Duration STEP = Duration.ofMillis(100);

  /** How long a worker that spins may take to be looked at. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(1);

  private final Processes processes;
  private final Deliverer deliverer;
  private final Observer observer;
  private final ManagerWatch watch;
  private final Succession succession;
  private final Time time;
  private final Progress progress;
  private final BooleanSupplier cancelled;
  private Optional<Long> lastSignalNanos = Optional.empty();

  /**
   * @param cancelled asked often: true ends it without a further signal
   */
  public Retirement(
      Processes processes,
      Deliverer deliverer,
      Observer observer,
      ManagerWatch watch,
      Succession succession,
      Time time,
      Progress progress,
      BooleanSupplier cancelled) {
    this.processes = processes;
    this.deliverer = deliverer;
    this.observer = observer;
    this.watch = watch;
    this.succession = succession;
    this.time = time;
    this.progress = progress;
    this.cancelled = cancelled;
  }

  /** When the last worker got its signal, by {@link Time#nanos()}; empty while none did. */
  Optional<Long> lastSignalNanos() {
    return lastSignalNanos;
  }

  /** Retires one worker. */
  public Outcome retire(ProcessId worker, Manner manner) {
    return switch (processes.open(worker)) {
      case Processes.Opened.Gone _ -> new Outcome.Vanished();
      case Processes.Opened.Refused(String reason) ->
          new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, reason);
      case Processes.Opened.Here(ProcessRef process) -> {
        try (process) {
          yield retire(process, manner);
        }
      }
    };
  }

  private Outcome retire(ProcessRef process, Manner manner) {
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
    long decided = time.nanos();
    BooleanSupplier told =
        () -> {
          progress.awaitingBoundary(process.id(), time.millisSince(decided));
          return unwanted();
        };
    return switch (deliverer.deliver(process, manner.signal(), manner.patience(), told)) {
      case Delivery.Delivered(Moment moment) ->
          follow(process, manner, new Outcome.Signals(moment, Optional.empty()), privateBytes);
      case Delivery.Gone() -> new Outcome.Vanished();
      case Delivery.Busy(int connections, long waitedMillis) ->
          new Outcome.NotSignalled(
              Outcome.Why.BUSY,
              busy(connections) + " for all of the patience of " + waitedMillis + " ms");
      case Delivery.NotNow(String reason) -> new Outcome.NotSignalled(Outcome.Why.NOT_NOW, reason);
      case Delivery.NotPermitted(String reason) ->
          new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, reason);
      case Delivery.Cancelled() ->
          watch
              .lost()
              .<Outcome>map(reason -> new Outcome.NotSignalled(Outcome.Why.MANAGER_LOST, reason))
              .orElseGet(Retirement::interrupted);
    };
  }

  static Outcome interrupted() {
    return new Outcome.NotSignalled(
        Outcome.Why.INTERRUPTED, "kidreaper was asked to stop before its turn");
  }

  private static String busy(int connections) {
    return switch (connections) {
      case 0 -> "it came to no wait for a request";
      case 1 -> "it held a connection";
      default -> "it held " + connections + " connections";
    };
  }

  /** Whether no signal may be sent any more. */
  private boolean unwanted() {
    return watch.lost().isPresent() || cancelled.getAsBoolean();
  }

  private Outcome follow(
      ProcessRef process, Manner manner, Outcome.Signals signals, OptionalLong privateBytes) {
    long signalled = time.nanos();
    lastSignalNanos = Optional.of(signalled);
    Optional<Outcome> broken = awaitExit(process, manner.grace(), signals, signalled, signalled);
    Outcome.Signals all = signals;
    if (broken.isPresent()
        && broken.get() instanceof Outcome.StillThere
        && manner.escalation() == Escalation.KILL
        && !unwanted()) {
      Optional<Moment> kill = kill(process, manner);
      long tried = time.nanos();
      if (kill.isPresent()) {
        lastSignalNanos = Optional.of(tried);
      }
      all = new Outcome.Signals(signals.first(), kill);
      // Where it was left alone, it may have ended, or lost its manager, while the moment for the
      // kill was awaited.
      Duration grace = kill.isPresent() ? manner.grace() : Duration.ZERO;
      broken = awaitExit(process, grace, all, signalled, tried);
    }
    if (broken.isPresent()) {
      return broken.get();
    }
    return awaitReplacement(
        process.id(), all, time.millisSince(signalled), manner.grace(), privateBytes);
  }

  /**
   * Waits for the worker's end: empty once it has come, else what came instead.
   *
   * @param firstNanos the first signal, from which all times are told
   * @param graceNanos the last signal, from which the grace runs
   */
  private Optional<Outcome> awaitExit(
      ProcessRef process,
      Duration grace,
      Outcome.Signals signals,
      long firstNanos,
      long graceNanos) {
    while (!process.ended(step(STEP, grace, graceNanos))) {
      long waited = time.millisSince(firstNanos);
      // Asked before: who cancels because the manager has ended must not hide that it has.
      boolean over = time.millisSince(graceNanos) >= grace.toMillis() || cancelled.getAsBoolean();
      Optional<String> lost = watch.lost();
      if (lost.isPresent()) {
        // Both may have ended within this step, and who was first does not matter.
        Optional<Long> exit = process.ended(Duration.ZERO) ? Optional.of(waited) : Optional.empty();
        return Optional.of(new Outcome.ManagerLost(signals, exit, lost.get()));
      }
      if (over) {
        return Optional.of(new Outcome.StillThere(signals, waited, observer.look(process.id())));
      }
      progress.draining(process.id(), waited);
    }
    return Optional.empty();
  }

  /**
   * The last resort, and it too at the boundary. A worker that spins comes to none, but while it
   * holds no connection there is no request that it could lose; that is looked at anew, since the
   * look that told so is over.
   */
  private Optional<Moment> kill(ProcessRef process, Manner manner) {
    long decided = time.nanos();
    Delivery delivery = deliverer.deliver(process, Signal.KILL, manner.patience(), this::unwanted);
    if (delivery instanceof Delivery.Busy(int connections, _) && connections == 0) {
      long before = (time.nanos() - decided) / 1000;
      delivery =
          deliverer.deliverWithoutConnection(process, Signal.KILL, LAST_LOOK, this::unwanted);
      if (delivery instanceof Delivery.Delivered(Moment moment)) {
        delivery = new Delivery.Delivered(moment.decidedEarlier(before));
      }
    }
    if (delivery instanceof Delivery.Busy && manner.anyMoment() && !unwanted()) {
      delivery = AtAnyMoment.send(process, Signal.KILL, Moment.Kind.ANY, decided, time);
    }
    return delivery instanceof Delivery.Delivered(Moment moment)
        ? Optional.of(moment)
        : Optional.empty();
  }

  /** A step, or what is left of the grace since a moment if that is less. */
  private Duration step(Duration step, Duration grace, long sinceNanos) {
    long left = Math.max(0, grace.toMillis() - time.millisSince(sinceNanos));
    return Duration.ofMillis(Math.min(left, step.toMillis()));
  }

  private Outcome awaitReplacement(
      ProcessId worker,
      Outcome.Signals signals,
      long exitMillis,
      Duration grace,
      OptionalLong givenBackBytes) {
    long ended = time.nanos();
    Duration pause = Duration.ofMillis(5);
    while (true) {
      long waited = time.millisSince(ended);
      // Asked before, as above.
      boolean over = waited >= grace.toMillis() || cancelled.getAsBoolean();
      Optional<String> lost = watch.lost();
      if (lost.isPresent()) {
        return new Outcome.ManagerLost(signals, Optional.of(exitMillis), lost.get());
      }
      Optional<ProcessId> newcomer = succession.newcomer();
      if (newcomer.isPresent()) {
        return new Outcome.Retired(
            signals,
            exitMillis,
            givenBackBytes,
            new Outcome.Replacement(newcomer.get(), waited, memory(newcomer.get())));
      }
      if (over) {
        return new Outcome.NotReplaced(signals, exitMillis, givenBackBytes, waited);
      }
      progress.awaitingReplacement(worker, waited);
      time.sleep(step(pause, grace, ended));
      pause = pause.multipliedBy(2).compareTo(STEP) < 0 ? pause.multipliedBy(2) : STEP;
    }
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
