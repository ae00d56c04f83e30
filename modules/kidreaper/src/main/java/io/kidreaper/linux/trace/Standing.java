package io.kidreaper.linux.trace;

import io.kidreaper.linux.Errno;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.trace.Observer.Moment;
import io.kidreaper.pool.ProcessId;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A seized worker as an action sees it at the boundary, and how it is let go afterwards. */
final class Standing implements HeldWorker {
  private static final int SIGKILL = 9;
  private static final long RELEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int TAKEN_MILLIS = 2;
  private static final int TAKEN_ROUNDS = 25;

  private final Libc libc;
  private final Proc proc;
  private final Observer observer;
  private final ProcessId process;
  private final Tracees held;
  private final ConnectionsHeld connections;
  private final Approach approach;
  private final int pidfd;
  private Boundary.Where where = Boundary.Where.IDLE;
  private int sent;

  Standing(
      Tracer.Equipment equipment,
      ProcessId process,
      Tracees held,
      ConnectionsHeld connections,
      Approach approach,
      int pidfd) {
    this.libc = equipment.libc();
    this.proc = equipment.proc();
    this.observer = equipment.observer();
    this.process = process;
    this.held = held;
    this.connections = connections;
    this.approach = approach;
    this.pidfd = pidfd;
  }

  /** It has come to its boundary. */
  void reached() {
    boolean entry = held.tasks().stream().anyMatch(task -> approach.atWaitEntry(task).isPresent());
    boolean waits = held.tasks().stream().anyMatch(approach::atListener);
    where = !waits ? Boundary.Where.ELSEWHERE : entry ? Boundary.Where.ENTRY : Boundary.Where.IDLE;
  }

  /** Lets it begin its wait again and holds it at the entry, as if it had come from a request. */
  void enterAgain() {
    for (Task task : List.copyOf(held.tasks())) {
      held.resume(task);
      while (task.running()) {
        Task _ = held.awaitOnly(task);
      }
    }
    reached();
  }

  /** Follows it from here on, request by request. */
  FollowEnd follow(
      VisitListener listener, Architecture architecture, long untilNanos, Cancel cancel) {
    return new RequestFollower(
            held, connections, approach, architecture, listener, untilNanos, cancel)
        .follow();
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
        Optional<Long> entry = approach.atWaitEntry(task);
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

  /**
   * Lets all threads go. A running task must be stopped for that first; a signal found on its way
   * is passed on.
   *
   * @return whether only the end of this thread sets it free now: it could not be let go by a call,
   *     or is a child of ours that has ended
   */
  boolean release(boolean ourChild) {
    long until = System.nanoTime() + RELEASE_NANOS;
    if (sent != 0 && held.tasks().size() > 1) {
      Optional<Task> taker = taker();
      if (taker.isPresent() && held.detach(taker.get())) {
        awaitTaken(taker.get().tid());
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
    return !held.tasks().isEmpty() || (ourChild && ended);
  }

  /**
   * The thread that will take the signal: it is let go first. Otherwise one of the others could
   * accept a connection before the signal that ends the process is seen.
   */
  private Optional<Task> taker() {
    return held.tasks().stream()
        .filter(task -> !task.running())
        .filter(task ->
            proc.status(process.pid(), task.tid())
                .map(status -> !status.blocks(sent))
                .orElse(false))
        .findFirst();
  }

  /**
   * Until the process has ended or, where a handler runs, until the thread that took the signal has
   * come to rest: by then it has told the others to leave, if that is its way. Bounded, since it
   * may just as well wait for something that another thread has.
   */
  private void awaitTaken(int taker) {
    for (int round = 0; round < TAKEN_ROUNDS; round++) {
      boolean ended = libc.pollReadable(pidfd, TAKEN_MILLIS) == 1;
      boolean pending =
          proc.status(process.pid()).map(status -> status.pendingForProcess(sent)).orElse(false);
      boolean rests = proc.stat(process.pid(), taker).map(stat -> stat.state() != 'R').orElse(true);
      if (ended || (!pending && rests)) {
        return;
      }
    }
  }
}
