package io.kidreaper.run;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Observer;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sees when a new worker is ready: when it waits for its first request, or already has one. Looks
 * without touching, on one thread that sleeps while nobody is starting.
 *
 * <p>Which call a worker waits in may be seen only by who may trace it. Where that is not permitted
 * (workers of another user, in a container without CAP_SYS_PTRACE) a worker counts as ready when it
 * has been asleep for a while, which is said once.
 */
final class ReadyWatch implements LinuxWorkers.Readiness, AutoCloseable {
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** From this age on a worker boots slowly, and a few milliseconds more do not matter. */
  private static final long SLOW_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Longer than a program sleeps while it reads its files; some wait longer for a database. */
  private static final long ASLEEP_MILLIS = 500;

  private static final class Starting {
    final ProcessId process;
    final Seen ready;
    final long sinceNanos = System.nanoTime();
    long notYetNanos = sinceNanos;
    Optional<String> mark = Optional.empty();
    long asleepSinceNanos;

    Starting(ProcessId process, Seen ready) {
      this.process = process;
      this.ready = ready;
    }

    /** Whether it has done nothing for long enough. */
    boolean sleeps(Optional<String> now) {
      if (now.isEmpty() || !now.equals(mark)) {
        mark = now;
        asleepSinceNanos = System.nanoTime();
        return false;
      }
      return System.nanoTime() - asleepSinceNanos >= TimeUnit.MILLISECONDS.toNanos(ASLEEP_MILLIS);
    }
  }

  private final Observer observer;
  private final Function<ProcessId, Optional<String>> sleepMark;
  private final Consumer<String> told;
  private final Queue<Starting> starting = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private boolean toldUnclear;
  private volatile boolean closing;

  /**
   * @param sleepMark of a process that is asleep; the same again means that it has not run between
   * @param told hears the sentence on the missing right, once
   */
  ReadyWatch(
      Observer observer, Function<ProcessId, Optional<String>> sleepMark, Consumer<String> told) {
    this.observer = observer;
    this.sleepMark = sleepMark;
    this.told = told;
    this.thread = Thread.ofPlatform().name("kidreaper-ready").daemon().start(this::run);
  }

  @Override
  public void await(long serial, ProcessId process, Seen ready) {
    starting.add(new Starting(process, ready));
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!closing) {
      if (starting.isEmpty()) {
        LockSupport.park(this);
        continue;
      }
      starting.removeIf(this::isSettled);
      LockSupport.parkNanos(pauseNanos());
    }
  }

  /** Whether there is nothing left to see: it is ready, or has ended, which others tell. */
  private boolean isSettled(Starting worker) {
    long lookedNanos = System.nanoTime();
    return switch (observer.look(worker.process)) {
      case Activity.Idle(), Activity.Serving(int _) -> {
        worker.ready.ready(worker.notYetNanos);
        yield true;
      }
      case Activity.Gone() -> true;
      case Activity.Between(), Activity.Suspended(String _) -> {
        worker.notYetNanos = lookedNanos;
        yield false;
      }
      case Activity.Unclear(String reason) -> {
        boolean sleeps = worker.sleeps(sleepMark.apply(worker.process));
        if (sleeps) {
          tellOnce(reason);
          // Who has slept since then has not served since.
          worker.ready.ready(lookedNanos);
        }
        yield sleeps;
      }
    };
  }

  private void tellOnce(String reason) {
    if (!toldUnclear) {
      toldUnclear = true;
      told.accept(
          "it cannot be seen here whether a new worker waits for a request: "
              + reason
              + ". It counts as ready when it has slept for "
              + ASLEEP_MILLIS
              + " ms");
    }
  }

  private long pauseNanos() {
    long now = System.nanoTime();
    return starting.stream().anyMatch(it -> now - it.sinceNanos < SLOW_AFTER_NANOS)
        ? QUICK_NANOS
        : SLOW_NANOS;
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
  }
}
