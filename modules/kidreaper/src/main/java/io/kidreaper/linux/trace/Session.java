package io.kidreaper.linux.trace;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.trace.Observer.Moment;
import io.kidreaper.pool.ProcessId;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * One worker, from the first look at it to its release. Runs on the tracer's thread, once.
 *
 * <p>It looks without touching for a short while, since most workers are idle most of the time.
 * Then it seizes and interrupts all threads and follows the worker to its boundary:
 *
 * <ul>
 *   <li><b>One thread.</b> It is at the boundary if it was interrupted inside a wait call, or has
 *       come to the entry of one, and holds no accepted connection.
 *   <li><b>Several threads.</b> They are at the boundary when all of them are stopped, each inside
 *       a call or at the entry of one, and the process holds no accepted connection. Under load
 *       that hardly happens by itself, since each thread accepts as soon as it is done; so a thread
 *       that comes to the entry of accept is kept there while others still hold connections, no new
 *       ones are taken, and the last thread to finish brings the boundary about. A thread at any
 *       other wait call must go on, since it may be the one that serves the connections held. When
 *       a connection was closed, or a wait call is entered, and none is held any more, all threads
 *       are stopped and looked at together. How long threads are kept from accepting is bounded: an
 *       event loop that accepts while it serves others waits for itself, and must go on.
 * </ul>
 */
final class Session {
  private static final int SIGKILL = 9;
  private static final long LOOK_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long RELEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int TAKEN_MILLIS = 2;
  private static final int TAKEN_ROUNDS = 25;

  private final PtraceCalls calls;
  private final Libc libc;
  private final Architecture architecture;
  private final Proc proc;
  private final Settings settings;
  private final Observer observer;
  private final ProcessId process;
  private final Duration patience;
  private final Cancel cancel;
  private final long requestedNanos;

  private boolean gathering = true;
  private long gatheringSinceNanos;
  private long parkedSinceNanos;
  private long openUntilNanos;
  private boolean endThread;

  Session(
      Tracer.Equipment equipment,
      ProcessId process,
      Duration patience,
      Cancel cancel,
      long requestedNanos) {
    this.calls = equipment.calls();
    this.libc = equipment.libc();
    this.architecture = equipment.architecture();
    this.proc = equipment.proc();
    this.settings = equipment.settings();
    this.observer = equipment.observer();
    this.process = process;
    this.patience = patience;
    this.cancel = cancel;
    this.requestedNanos = requestedNanos;
  }

  /**
   * Whether a task could not be let go by a call, or is a child of ours that has ended: only the
   * end of the thread that seized it sets it free then.
   */
  boolean mustEndThread() {
    return endThread;
  }

  <T> Held<T> run(Function<HeldWorker, T> action) {
    int pidfd = libc.pidfdOpen(process.pid());
    if (pidfd < 0) {
      return new Held.Not<>(
          pidfd == -Errno.ESRCH
              ? new NotReached.Vanished()
              : new NotReached.NotPermitted(-pidfd, "pidfd_open(2) failed"));
    }
    try {
      Optional<NotReached> refused = lookFirst();
      Held<T> outcome = refused.isPresent() ? new Held.Not<>(refused.get()) : trace(pidfd, action);
      return outcome instanceof Held.Not<T>(NotReached.Busy _)
          ? new Held.Not<>(new NotReached.Busy(connectionsNow(), patience))
          : outcome;
    } finally {
      int _ = libc.close(pidfd);
    }
  }

  /** Why it is busy, for the report: looked at when it runs free again. */
  private int connectionsNow() {
    try (Peek peek = new Peek(proc, architecture, process)) {
      return peek.now() instanceof Look.Holds(int connections) ? connections : 0;
    }
  }

  /**
   * Looks, without touching, until the worker waits for something or the time for it is over.
   * Whether it waits for a request is told faster once it is stopped than by the kernel's tables.
   */
  private Optional<NotReached> lookFirst() {
    long until = System.nanoTime() + Math.min(settings.look().toNanos(), patience.toNanos());
    while (true) {
      Optional<TaskStat> stat = proc.stat(process.pid());
      if (stat.isEmpty() || (same(stat.get()) && stat.get().ended())) {
        return Optional.of(new NotReached.Vanished());
      }
      if (!same(stat.get())) {
        return Optional.of(new NotReached.NotSame());
      }
      if (stat.get().state() == 'T') {
        return Optional.of(new NotReached.Stopped());
      }
      if (Peek.waits(proc, architecture, process.pid()) || System.nanoTime() >= until) {
        return Optional.empty();
      }
      LockSupport.parkNanos(LOOK_PAUSE_NANOS);
    }
  }

  private boolean same(TaskStat stat) {
    return stat.startTicks() == process.startTicks();
  }

  private <T> Held<T> trace(int pidfd, Function<HeldWorker, T> action) {
    Optional<TaskStat> stat = proc.stat(process.pid());
    boolean ourChild =
        stat.map(found -> found.parentPid() == ProcessHandle.current().pid()).orElse(false);
    try (Tracees held = new Tracees(calls, architecture, proc, process.pid(), ourChild);
        ConnectionsHeld connections =
            new ConnectionsHeld(
                proc.root(),
                process.pid(),
                architecture,
                new SocketCopies(pidfd, new SocketTables(proc.root(), process.pid())))) {
      gatheringSinceNanos = System.nanoTime();
      int seized = held.seizeNew();
      if (seized < 0) {
        return new Held.Not<>(notSeized(-seized));
      }
      Worker worker = new Worker(held, pidfd);
      Held<T> outcome;
      try {
        observer.at(Moment.SEIZED);
        outcome = atBoundary(held, connections, worker, action);
      } finally {
        release(held, worker, ourChild);
      }
      observer.at(Moment.RELEASED);
      return outcome instanceof Held.Done<T>(T result, Boundary boundary)
          ? new Held.Done<>(
              result,
              new Boundary(
                  boundary.where(),
                  boundary.stops(),
                  boundary.reachedNanos(),
                  System.nanoTime() - requestedNanos - boundary.reachedNanos()))
          : outcome;
    }
  }

  private NotReached notSeized(int errno) {
    Optional<TaskStat> stat = proc.stat(process.pid());
    if (errno == Errno.ESRCH || stat.isEmpty() || stat.get().ended()) {
      return new NotReached.Vanished();
    }
    return same(stat.get())
        ? new Permission(proc, libc).whyNot(process.pid(), errno)
        : new NotReached.NotSame();
  }

  private <T> Held<T> atBoundary(
      Tracees held, ConnectionsHeld connections, Worker worker, Function<HeldWorker, T> action) {
    // Again, now that it cannot end and be replaced unseen: until it is let go its pid stays its.
    if (!proc.stat(process.pid()).map(this::same).orElse(true)) {
      return new Held.Not<>(new NotReached.NotSame());
    }
    Optional<NotReached> why = seek(held, connections);
    if (why.isPresent()) {
      return new Held.Not<>(why.get());
    }
    worker.where =
        held.tasks().stream().anyMatch(task -> atWaitEntry(task).isPresent())
            ? Boundary.Where.ENTRY
            : Boundary.Where.IDLE;
    long reachedNanos = System.nanoTime() - requestedNanos;
    observer.at(Moment.AT_BOUNDARY);
    T result = action.apply(worker);
    return new Held.Done<>(result, new Boundary(worker.where, held.stops(), reachedNanos, 0));
  }

  /** Follows the worker to its boundary; empty when it is there. */
  private Optional<NotReached> seek(Tracees held, ConnectionsHeld connections) {
    boolean first = true;
    while (true) {
      Optional<NotReached> end = ended(held);
      if (end.isPresent()) {
        return end;
      }
      if (held.anyRunning().isEmpty()) {
        if (first) {
          observer.at(Moment.STOPPED);
          first = false;
        }
        Weighed weighed =
            held.tasks().size() == 1 ? weighOne(held, connections) : weighAll(held, connections);
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
        Optional<NotReached> stuck = tick(held);
        if (stuck.isPresent()) {
          return stuck;
        }
      } else if (!news.running() && !news.gone()) {
        observer.at(Moment.STEPPING);
        if (held.tasks().size() > 1) {
          Optional<Holding.Why> unclear = oneOfMany(held, connections, news);
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

  private Optional<NotReached> ended(Tracees held) {
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

  private Optional<NotReached> tick(Tracees held) {
    long now = System.nanoTime();
    Optional<Task> running = held.anyRunning();
    if (gathering
        && running.isPresent()
        && now - gatheringSinceNanos > settings.gather().toNanos()) {
      if (proc.stat(process.pid(), running.get().tid()).map(s -> s.state() == 'D').orElse(false)) {
        return Optional.of(new NotReached.Uninterruptible());
      }
    }
    if (held.tasks().size() > 1
        && parkedSinceNanos != 0
        && now - parkedSinceNanos > settings.park().toNanos()) {
      openGate(held, now);
    }
    return Optional.empty();
  }

  private Weighed weighOne(Tracees held, ConnectionsHeld connections) {
    gathering = false;
    Task task = held.tasks().getFirst();
    if (atWaitEntry(task).isEmpty() && !brokenWait(task)) {
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

  private Weighed weighAll(Tracees held, ConnectionsHeld connections) {
    if (held.seizeNew() > 0) {
      gather();
      return new Weighed.GoesOn();
    }
    return switch (connections.now()) {
      case Holding.Unclear(Holding.Why why) -> new Weighed.Impossible(why);
      case Holding.Connections(int _) -> {
        goOn(held);
        yield new Weighed.GoesOn();
      }
      case Holding.Nothing() -> {
        List<Task> restless = held.tasks().stream().filter(task -> !inCall(task)).toList();
        if (restless.isEmpty()) {
          yield new Weighed.Boundary();
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
  private void goOn(Tracees held) {
    gathering = false;
    List<Task> stay =
        gateOpen() ? List.of() : held.tasks().stream().filter(task -> atAcceptEntry(task)).toList();
    if (stay.size() == held.tasks().size()) {
      openGate(held, System.nanoTime());
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

  private void openGate(Tracees held, long now) {
    parkedSinceNanos = 0;
    openUntilNanos = now + settings.park().toNanos();
    gathering = false;
    for (Task task : held.tasks()) {
      if (!task.running()) {
        held.resume(task);
      }
    }
  }

  /** One of several threads has stopped while others run. */
  private Optional<Holding.Why> oneOfMany(Tracees held, ConnectionsHeld connections, Task task) {
    switch (task.state()) {
      case TaskState.AtSignal(int _), TaskState.AtOther() -> {
        held.resume(task);
        if (gathering) {
          held.interrupt(task); // the stop it was asked for has been used up
        }
      }
      case TaskState.AtEntry(long number) -> {
        if (!gathering) {
          return atBusyEntry(held, connections, task, number);
        }
      }
      case TaskState.AtExit(long number) -> {
        if (!gathering) {
          if (architecture.syscalls().closes().contains(number)) {
            return stopAllIfFree(held, connections, task);
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

  private Optional<Holding.Why> atBusyEntry(
      Tracees held, ConnectionsHeld connections, Task task, long number) {
    if (!architecture.syscalls().waits().contains(number)) {
      held.resume(task);
      return Optional.empty();
    }
    return stopAllIfFree(held, connections, task);
  }

  /**
   * When no connection is known to be held any more, keeps this thread stopped and stops the
   * others. A socket not seen before is looked at when all of them stand still, not earlier.
   */
  private Optional<Holding.Why> stopAllIfFree(
      Tracees held, ConnectionsHeld connections, Task task) {
    if (gateOpen()) {
      held.resume(task);
      return Optional.empty();
    }
    switch (connections.known()) {
      case Holding.Unclear(Holding.Why why) -> {
        return Optional.of(why);
      }
      case Holding.Nothing() -> {
        gather();
        held.tasks().stream().filter(Task::running).forEach(held::interrupt);
      }
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

  private Optional<Long> atWaitEntry(Task task) {
    return task.state() instanceof TaskState.AtEntry(long number)
            && architecture.syscalls().waits().contains(number)
        ? Optional.of(number)
        : Optional.empty();
  }

  private boolean atAcceptEntry(Task task) {
    return task.state() instanceof TaskState.AtEntry(long number)
        && architecture.syscalls().accepts().contains(number);
  }

  private boolean brokenWait(Task task) {
    return task.state()
            instanceof TaskState.Interrupted(Architecture.Interrupted.CallBroken(long number))
        && architecture.syscalls().waits().contains(number);
  }

  private static boolean inCall(Task task) {
    return task.state() instanceof TaskState.AtEntry
        || task.state()
            instanceof TaskState.Interrupted(Architecture.Interrupted.CallBroken(long _));
  }

  /**
   * Lets all threads go. A running task must be stopped for that first; a signal found on its way
   * is passed on.
   */
  private void release(Tracees held, Worker worker, boolean ourChild) {
    long until = System.nanoTime() + RELEASE_NANOS;
    if (worker.sent != 0 && held.tasks().size() > 1) {
      Optional<Task> taker = taker(held, worker.sent);
      if (taker.isPresent() && held.detach(taker.get())) {
        awaitTaken(worker, taker.get().tid());
      }
    }
    held.tasks().stream().filter(Task::running).forEach(held::interrupt);
    while (!held.tasks().isEmpty() && System.nanoTime() < until) {
      Optional<Task> stopped = held.tasks().stream().filter(task -> !task.running()).findFirst();
      if (stopped.isPresent()) {
        boolean _ = held.detach(stopped.get());
      } else {
        Task _ = held.await();
      }
    }
    boolean ended = proc.stat(process.pid()).map(TaskStat::ended).orElse(true);
    endThread = !held.tasks().isEmpty() || (ourChild && ended);
  }

  /**
   * The thread that will take the signal: it is let go first. Otherwise one of the others could
   * accept a connection before the signal that ends the process is seen.
   */
  private Optional<Task> taker(Tracees held, int signal) {
    return held.tasks().stream()
        .filter(task -> !task.running())
        .filter(task ->
            proc.status(process.pid(), task.tid())
                .map(status -> !status.blocks(signal))
                .orElse(false))
        .findFirst();
  }

  /**
   * Until the process has ended or, where a handler runs, until the thread that took the signal has
   * come to rest: by then it has told the others to leave, if that is its way. Bounded, since it
   * may just as well wait for something that another thread has.
   */
  private void awaitTaken(Worker worker, int taker) {
    for (int round = 0; round < TAKEN_ROUNDS; round++) {
      boolean ended = libc.pollReadable(worker.pidfd, TAKEN_MILLIS) == 1;
      boolean pending =
          proc.status(process.pid())
              .map(status -> status.pendingForProcess(worker.sent))
              .orElse(false);
      boolean rests = proc.stat(process.pid(), taker).map(stat -> stat.state() != 'R').orElse(true);
      if (ended || (!pending && rests)) {
        return;
      }
    }
  }

  /** The worker as the action sees it. */
  private final class Worker implements HeldWorker {
    private final Tracees held;
    private final int pidfd;
    private Boundary.Where where = Boundary.Where.IDLE;
    private int sent;

    Worker(Tracees held, int pidfd) {
      this.held = held;
      this.pidfd = pidfd;
    }

    @Override
    public ProcessId process() {
      return process;
    }

    @Override
    public Boundary.Where where() {
      return where;
    }

    @Override
    public int signal(int signal) {
      if (signal != SIGKILL) { // which leaves no moment for a call
        for (Task task : List.copyOf(held.tasks())) {
          Optional<Long> entry = atWaitEntry(task);
          if (entry.isPresent()) {
            int failed = held.undoEntry(task, entry.get(), () -> observer.at(Moment.CALL_SKIPPED));
            if (failed < 0 && failed != -Errno.ESRCH) {
              return failed;
            }
          }
        }
      }
      observer.at(Moment.BEFORE_SIGNAL);
      int result = libc.pidfdSendSignal(pidfd, signal);
      if (result >= 0) {
        sent = signal;
      }
      observer.at(Moment.AFTER_SIGNAL);
      return result;
    }

    @Override
    public long readMemory(long address, MemorySegment buffer) {
      return held.readMemory(address, buffer);
    }
  }
}
