package io.kidreaper.linux.trace;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.trace.Observer.Moment;
import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * One worker, from the first look at it to its release. Runs on the tracer's thread, once.
 *
 * <p>It looks without touching for a short while, since most workers are idle most of the time.
 * Then it seizes and interrupts all threads, follows the worker to its boundary ({@link Approach}),
 * lets the action run, and lets the worker go ({@link Standing}).
 */
final class Session {
  private static final long LOOK_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Tracer.Equipment equipment;
  private final PtraceCalls calls;
  private final Libc libc;
  private final Architecture architecture;
  private final Proc proc;
  private final Settings settings;
  private final Observer observer;
  private final ProcessId process;
  private final Duration patience;
  private final Cancel cancel;
  private final Goal goal;
  private final long requestedNanos;

  private boolean endThread;

  Session(
      Tracer.Equipment equipment,
      ProcessId process,
      Duration patience,
      Cancel cancel,
      Goal goal,
      long requestedNanos) {
    this.equipment = equipment;
    this.calls = equipment.calls();
    this.libc = equipment.libc();
    this.architecture = equipment.architecture();
    this.proc = equipment.proc();
    this.settings = equipment.settings();
    this.observer = equipment.observer();
    this.process = process;
    this.patience = patience;
    this.cancel = cancel;
    this.goal = goal;
    this.requestedNanos = requestedNanos;
  }

  /**
   * Whether a task could not be let go by a call, or is a child of ours that has ended: only the
   * end of the thread that seized it sets it free then.
   */
  boolean mustEndThread() {
    return endThread;
  }

  <T> Held<T> run(Function<? super Standing, T> action) {
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
      if (Blocked.look(proc, architecture, process.pid()).map(Blocked::inWait).orElse(false)
          || System.nanoTime() >= until) {
        return Optional.empty();
      }
      LockSupport.parkNanos(LOOK_PAUSE_NANOS);
    }
  }

  private boolean same(TaskStat stat) {
    return stat.startTicks() == process.startTicks();
  }

  private <T> Held<T> trace(int pidfd, Function<? super Standing, T> action) {
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
      int seized = held.seizeNew();
      if (seized < 0) {
        return new Held.Not<>(notSeized(-seized));
      }
      Approach approach =
          new Approach(
              equipment,
              process,
              patience,
              cancel,
              goal,
              requestedNanos,
              held,
              connections,
              new ListenerWait(
                  architecture, connections, new EpollSets(proc, process.pid()), held::readMemory));
      Standing worker = new Standing(equipment, process, held, connections, approach, pidfd);
      Held<T> outcome;
      try {
        observer.at(Moment.SEIZED);
        outcome = atBoundary(held, approach, worker, action);
      } finally {
        endThread = worker.release(ourChild);
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
      Tracees held, Approach approach, Standing worker, Function<? super Standing, T> action) {
    // Again, now that it cannot end and be replaced unseen: until it is let go its pid stays its.
    if (!proc.stat(process.pid()).map(this::same).orElse(true)) {
      return new Held.Not<>(new NotReached.NotSame());
    }
    Optional<NotReached> why = approach.seek();
    if (why.isPresent()) {
      return new Held.Not<>(why.get());
    }
    worker.reached();
    long reachedNanos = System.nanoTime() - requestedNanos;
    observer.at(Moment.AT_BOUNDARY);
    T result = action.apply(worker);
    return new Held.Done<>(result, new Boundary(worker.where(), held.stops(), reachedNanos, 0));
  }
}
