package io.kidreaper.linux.trace;

import io.kidreaper.linux.trace.Observer.Moment;
import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Follows a seized worker to its boundary.
 *
 * <ul>
 *   <li><b>One thread.</b> It is at the boundary if it was interrupted inside a call that waits for
 *       the listener ({@link ListenerWait}), or has come to the entry of one, and holds no accepted
 *       connection.
 *   <li><b>Several threads.</b> They are at the boundary when all of them are stopped, each inside
 *       a call or at the entry of one, at least one of these waits for the listener, and the
 *       process holds no accepted connection. Under load that hardly happens by itself, since each
 *       thread accepts as soon as it is done; so a thread that comes to the entry of accept is kept
 *       there while others still hold connections, no new ones are taken, and the last thread to
 *       finish brings the boundary about. A thread at any other wait call must go on, since it may
 *       be the one that serves the connections held. When a connection was closed, or the listener
 *       is waited for, and none is held any more, all threads are stopped and looked at together;
 *       and now and then without a reason. How long threads are kept from accepting is bounded: an
 *       event loop that accepts while it serves others waits for itself, and must go on.
 * </ul>
 */
final class Approach {
  private final Architecture architecture;
  private final Proc proc;
  private final Settings settings;
  private final Observer observer;
  private final ProcessId process;
  private final Duration patience;
  private final Cancel cancel;
  private final Goal goal;
  private final long requestedNanos;
  private final Tracees held;
  private final ConnectionsHeld connections;
  private final ListenerWait listenerWait;

  /** All threads were asked to stop, to be looked at together. */
  private boolean gathering = true;

  private long gatheringSinceNanos = System.nanoTime();

  /** Since when threads are kept from accepting; 0 while none is. */
  private long parkedSinceNanos;

  private long openUntilNanos;

  Approach(
      Tracer.Equipment equipment,
      ProcessId process,
      Duration patience,
      Cancel cancel,
      Goal goal,
      long requestedNanos,
      Tracees held,
      ConnectionsHeld connections,
      ListenerWait listenerWait) {
    this.architecture = equipment.architecture();
    this.proc = equipment.proc();
    this.settings = equipment.settings();
    this.observer = equipment.observer();
    this.process = process;
    this.patience = patience;
    this.cancel = cancel;
    this.goal = goal;
    this.requestedNanos = requestedNanos;
    this.held = held;
    this.connections = connections;
    this.listenerWait = listenerWait;
  }

  /** Follows the worker to its boundary; empty when it is there. */
  Optional<NotReached> seek() {
    boolean first = true;
    while (true) {
      Optional<NotReached> end = ended();
      if (end.isPresent()) {
        return end;
      }
      if (held.anyRunning().isEmpty()) {
        if (first) {
          observer.at(Moment.STOPPED);
          first = false;
        }
        Weighed weighed = held.tasks().size() == 1 ? weighOne() : weighAll();
        switch (weighed) {
          case Weighed.Boundary() -> {
            return Optional.empty();
          }
          case Weighed.Impossible(Holding.Why why) -> {
            return Optional.of(new NotReached.Unclear(why));
          }
          case Weighed.GoesOn() -> {}
        }
        continue;
      }
      Task news = held.await();
      if (news == null) {
        Optional<NotReached> stuck = tick();
        if (stuck.isPresent()) {
          return stuck;
        }
      } else if (!news.running() && !news.gone()) {
        observer.at(Moment.STEPPING);
        if (held.tasks().size() > 1) {
          Optional<Holding.Why> unclear = oneOfMany(news);
          if (unclear.isPresent()) {
            return Optional.of(new NotReached.Unclear(unclear.get()));
          }
        }
      }
    }
  }

  /** What a look at the stopped worker came to. */
  private sealed interface Weighed {
    record Boundary() implements Weighed {}

    record GoesOn() implements Weighed {}

    record Impossible(Holding.Why why) implements Weighed {}
  }

  private Optional<NotReached> ended() {
    if (held.tasks().isEmpty()) {
      return Optional.of(new NotReached.Vanished());
    }
    for (Task task : held.tasks()) {
      switch (task.state()) {
        case TaskState.Executed() -> {
          return Optional.of(new NotReached.Replaced());
        }
        case TaskState.GroupStopped() -> {
          return Optional.of(new NotReached.Stopped());
        }
        case TaskState.Foreign() -> {
          return Optional.of(new NotReached.Unclear(Holding.Why.OTHER_ARCHITECTURE));
        }
        case TaskState.Running(),
            TaskState.AtEntry(long _),
            TaskState.AtExit(long _),
            TaskState.Interrupted(Architecture.Interrupted _),
            TaskState.AtSignal(int _),
            TaskState.AtOther(),
            TaskState.Gone() -> {}
      }
    }
    if (cancel.requested()) {
      return Optional.of(new NotReached.Cancelled());
    }
    return System.nanoTime() - requestedNanos >= patience.toNanos()
        ? Optional.of(new NotReached.Busy(0, patience))
        : Optional.empty();
  }

  private Optional<NotReached> tick() {
    long now = System.nanoTime();
    Optional<Task> running = held.anyRunning();
    if (gathering
        && running.isPresent()
        && now - gatheringSinceNanos > settings.gather().toNanos()) {
      if (proc.stat(process.pid(), running.get().tid()).map(s -> s.state() == 'D').orElse(false)) {
        return Optional.of(new NotReached.Uninterruptible());
      }
    }
    if (held.tasks().size() > 1) {
      if (parkedSinceNanos != 0 && now - parkedSinceNanos > settings.park().toNanos()) {
        openGate(now);
      } else if (!gathering
          && !gateOpen()
          && now - gatheringSinceNanos > settings.gather().toNanos()
          && connections.known() instanceof Holding.Nothing) {
        // The thread at the listener may have been there all the time, and make no call.
        gatherAll();
      }
    }
    return Optional.empty();
  }

  private Weighed weighOne() {
    gathering = false;
    Task task = held.tasks().getFirst();
    if (goal == Goal.BOUNDARY && task.waitCall().isEmpty()) {
      held.resume(task);
      return new Weighed.GoesOn();
    }
    return switch (connections.now()) {
      case Holding.Unclear(Holding.Why why) -> new Weighed.Impossible(why);
      case Holding.Connections(int _) -> {
        held.resume(task);
        yield new Weighed.GoesOn();
      }
      case Holding.Nothing() -> {
        if (goal == Goal.BOUNDARY && !atListener(task)) {
          held.resume(task);
          yield new Weighed.GoesOn();
        }
        // A thread it made meanwhile runs untraced, and stops when asked.
        if (held.seizeNew() > 0) {
          gather();
          yield new Weighed.GoesOn();
        }
        yield new Weighed.Boundary();
      }
    };
  }

  private void gather() {
    gathering = true;
    gatheringSinceNanos = System.nanoTime();
  }

  private void gatherAll() {
    gather();
    held.tasks().stream().filter(Task::running).forEach(held::interrupt);
  }

  private Weighed weighAll() {
    if (held.seizeNew() > 0) {
      gather();
      return new Weighed.GoesOn();
    }
    return switch (connections.now()) {
      case Holding.Unclear(Holding.Why why) -> new Weighed.Impossible(why);
      case Holding.Connections(int _) -> {
        goOn();
        yield new Weighed.GoesOn();
      }
      case Holding.Nothing() -> {
        if (goal == Goal.NO_CONNECTION) {
          yield new Weighed.Boundary();
        }
        List<Task> restless = held.tasks().stream().filter(task -> !inCall(task)).toList();
        if (restless.isEmpty()) {
          if (held.tasks().stream().anyMatch(this::atListener)) {
            yield new Weighed.Boundary();
          }
          // It is starting, or works on without a connection.
          letAllRun();
          yield new Weighed.GoesOn();
        }
        // Each stops again at the entry of its next call, before it can have taken a connection.
        if (parkedSinceNanos == 0) {
          parkedSinceNanos = System.nanoTime();
        }
        restless.forEach(held::resume);
        yield new Weighed.GoesOn();
      }
    };
  }

  /** Lets all run that may; those at the entry of accept stay, unless they are all there is. */
  private void goOn() {
    gathering = false;
    List<Task> stay =
        gateOpen() ? List.of() : held.tasks().stream().filter(task -> atAcceptEntry(task)).toList();
    if (stay.size() == held.tasks().size()) {
      openGate(System.nanoTime());
      return;
    }
    for (Task task : held.tasks()) {
      if (!stay.contains(task)) {
        held.resume(task);
      }
    }
    if (!stay.isEmpty() && parkedSinceNanos == 0) {
      parkedSinceNanos = System.nanoTime();
    }
  }

  private boolean gateOpen() {
    return System.nanoTime() < openUntilNanos;
  }

  private void openGate(long now) {
    openUntilNanos = now + settings.park().toNanos();
    letAllRun();
  }

  private void letAllRun() {
    parkedSinceNanos = 0;
    gathering = false;
    for (Task task : held.tasks()) {
      if (!task.running()) {
        held.resume(task);
      }
    }
  }

  /** One of several threads has stopped while others run. */
  private Optional<Holding.Why> oneOfMany(Task task) {
    switch (task.state()) {
      case TaskState.AtSignal(int _), TaskState.AtOther() -> {
        held.resume(task);
        if (gathering) {
          held.interrupt(task); // the stop it was asked for has been used up
        }
      }
      case TaskState.AtEntry(long _) -> {
        if (!gathering) {
          return atBusyEntry(task);
        }
      }
      case TaskState.AtExit(long number) -> {
        if (!gathering) {
          if (architecture.syscalls().closes().contains(number)) {
            return stopAllIfFree(task);
          }
          held.resume(task);
        }
      }
      case TaskState.Interrupted(Architecture.Interrupted _) -> {
        if (!gathering) {
          held.resume(task);
        }
      }
      case TaskState.Running(),
          TaskState.GroupStopped(),
          TaskState.Executed(),
          TaskState.Foreign(),
          TaskState.Gone() -> {}
    }
    return Optional.empty();
  }

  /** Whatever else it waits for may be part of its work, and wake it again and again. */
  private Optional<Holding.Why> atBusyEntry(Task task) {
    if (!atListener(task)) {
      held.resume(task);
      return Optional.empty();
    }
    return stopAllIfFree(task);
  }

  /**
   * When no connection is known to be held any more, keeps this thread stopped and stops the
   * others. A socket not seen before is looked at when all of them stand still, not earlier.
   */
  private Optional<Holding.Why> stopAllIfFree(Task task) {
    if (gateOpen()) {
      held.resume(task);
      return Optional.empty();
    }
    switch (connections.known()) {
      case Holding.Unclear(Holding.Why why) -> {
        return Optional.of(why);
      }
      case Holding.Nothing() -> gatherAll();
      case Holding.Connections(int _) -> {
        if (atAcceptEntry(task)) {
          if (parkedSinceNanos == 0) {
            parkedSinceNanos = System.nanoTime();
          }
        } else {
          held.resume(task);
        }
      }
    }
    return Optional.empty();
  }

  /** The wait call at whose entry a task stands. */
  Optional<Long> atWaitEntry(Task task) {
    return task.state() instanceof TaskState.AtEntry(long number)
            && architecture.syscalls().waits().contains(number)
        ? Optional.of(number)
        : Optional.empty();
  }

  private boolean atAcceptEntry(Task task) {
    return task.state() instanceof TaskState.AtEntry(long number)
        && architecture.syscalls().accepts().contains(number);
  }

  boolean atListener(Task task) {
    return task.waitCall().map(listenerWait::isOf).orElse(false);
  }

  private static boolean inCall(Task task) {
    return task.state() instanceof TaskState.AtEntry
        || task.state()
            instanceof TaskState.Interrupted(Architecture.Interrupted.CallBroken(long _));
  }
}
