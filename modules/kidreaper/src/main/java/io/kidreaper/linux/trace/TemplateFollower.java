package io.kidreaper.linux.trace;

import io.kidreaper.linux.trace.TemplateObserver.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Follows a program, call by call, until it is about to wait for a connection of the pool, and
 * keeps it there: the call is not made. All its threads are traced from their start, so none can
 * have accepted before.
 */
final class TemplateFollower {
  /** How long threads that are on their way out may take when one already waits. */
  private static final long STRAGGLERS_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** Where the following ended. */
  sealed interface Arrival {
    /**
     * At the entry of a wait call, with one thread and no connection.
     *
     * @param number of the call
     * @param registers at its entry, a copy
     */
    record Home(Task task, long number, MemorySegment registers) implements Arrival {}

    /** Nowhere from where it could be forked. */
    record Nowhere(NotForkable why) implements Arrival {}
  }

  /** What a stopped task is seen at. */
  private enum Sight {
    /** No wait for a connection. */
    OTHER,
    /** A wait for a connection. */
    DIRECT,
    /** One at an epoll set that has the socket in it. */
    EPOLL
  }

  private final TemplateEquipment equipment;
  private final Tracees held;
  private final ListenerWait waits;
  private final int pid;
  private final int pidfd;
  private final Cancel cancel;

  TemplateFollower(
      TemplateEquipment equipment,
      Tracees held,
      int pid,
      int pidfd,
      Set<String> listeners,
      Cancel cancel) {
    this.equipment = equipment;
    this.held = held;
    this.waits =
        new ListenerWait(
            equipment.architecture(),
            new GivenListeners(equipment.proc(), pid, listeners),
            new EpollSets(equipment.proc(), pid),
            held::readMemory);
    this.pid = pid;
    this.pidfd = pidfd;
    this.cancel = cancel;
  }

  /** How it tells a wait for a connection. */
  ListenerWait waits() {
    return waits;
  }

  /**
   * @param patience from now on
   */
  Arrival follow(Duration patience) {
    long start = System.nanoTime();
    Optional<Task> waiting = Optional.empty();
    long waitingSince = 0;
    while (true) {
      Optional<NotForkable> end = ended(start, patience);
      if (end.isPresent()) {
        return new Arrival.Nowhere(end.get());
      }
      Optional<Task> kept = waiting;
      Optional<Task> stopped =
          held.tasks().stream()
              .filter(task -> !task.running() && kept.filter(task::equals).isEmpty())
              .findFirst();
      if (stopped.isPresent()) {
        Task task = stopped.get();
        switch (look(task)) {
          case OTHER -> held.resume(task);
          case EPOLL -> {
            return new Arrival.Nowhere(new NotForkable.SharedEpoll());
          }
          case DIRECT -> {
            held.noteAttached();
            waiting = Optional.of(task);
            waitingSince = System.nanoTime();
          }
        }
        continue;
      }
      if (waiting.isPresent()) {
        if (held.tasks().size() == 1) {
          Optional<Arrival> arrival = arrived(waiting.get());
          if (arrival.isPresent()) {
            return arrival.get();
          }
          held.resume(waiting.get());
          waiting = Optional.empty();
          continue;
        }
        if (System.nanoTime() - waitingSince > STRAGGLERS_NANOS) {
          return new Arrival.Nowhere(new NotForkable.SeveralThreads(held.tasks().size()));
        }
      }
      Task _ = held.await();
    }
  }

  private Sight look(Task task) {
    equipment.observer().at(Step.BOOTING);
    return switch (task.state()) {
      case TaskState.AtEntry(long _) ->
          task.waitCall().filter(waits::isOf).isEmpty()
              ? Sight.OTHER
              : task.waitCall().filter(waits::isDirectlyOf).isPresent()
                  ? Sight.DIRECT
                  : Sight.EPOLL;
      case TaskState.Executed() -> {
        held.forgetAllButMain();
        yield Sight.OTHER;
      }
      case TaskState.AtOther() -> {
        held.noteAttached(); // a thread was made
        yield Sight.OTHER;
      }
      case TaskState.Running(),
          TaskState.AtExit(long _),
          TaskState.Interrupted(Architecture.Interrupted _),
          TaskState.AtSignal(int _),
          TaskState.GroupStopped(),
          TaskState.Foreign(),
          TaskState.Gone() ->
          Sight.OTHER;
    };
  }

  private Optional<NotForkable> ended(long start, Duration patience) {
    if (held.tasks().isEmpty()) {
      return Optional.of(new NotForkable.Ended());
    }
    if (held.tasks().stream().anyMatch(task -> task.state() instanceof TaskState.Foreign)) {
      return Optional.of(new NotForkable.OtherArchitecture());
    }
    if (cancel.requested()) {
      return Optional.of(new NotForkable.Cancelled());
    }
    if (System.nanoTime() - start > patience.toNanos()) {
      return Optional.of(new NotForkable.NeverAccepts(patience, equipment.proc().hasChildren(pid)));
    }
    return Optional.empty();
  }

  /** Empty while it holds a connection: it was faster than the tracer, and will be back. */
  private Optional<Arrival> arrived(Task task) {
    Proc proc = equipment.proc();
    try (ConnectionsHeld connections =
        new ConnectionsHeld(
            proc.root(),
            pid,
            equipment.architecture(),
            new SocketCopies(pidfd, new SocketTables(proc.root(), pid)))) {
      return switch (connections.now()) {
        case Holding.Connections(int _) -> Optional.empty();
        case Holding.Unclear(Holding.Why why) ->
            Optional.of(
                new Arrival.Nowhere(
                    proc.stat(pid).map(TaskStat::ended).orElse(true)
                        ? new NotForkable.Ended()
                        : new NotForkable.Unclear(why)));
        case Holding.Nothing() -> Optional.of(home(task));
      };
    }
  }

  private Arrival home(Task task) {
    if (!(task.state() instanceof TaskState.AtEntry(long number))) {
      throw new IllegalStateException("task " + task.tid() + " waits and is not at an entry");
    }
    return held.registersOf(task)
        .<Arrival>map(registers ->
            new Arrival.Home(
                task, number, Arena.ofAuto().allocate(registers.byteSize(), 8).copyFrom(registers)))
        .orElseGet(() -> new Arrival.Nowhere(new NotForkable.Ended()));
  }
}
