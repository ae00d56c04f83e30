package io.kidreaper.run;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Observer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees when a new worker is ready: when it waits for its first request, or already has one. Looks
 * without touching, on one thread that sleeps while nobody is starting.
 */
final class ReadyWatch implements LinuxWorkers.Readiness, AutoCloseable {
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  /** From this age on a worker boots slowly, and a few milliseconds more do not matter. */
  private static final long SLOW_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private record Starting(ProcessId process, Runnable ready, long sinceNanos) {}

  private final Observer observer;
  private final Queue<Starting> starting = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean closing;

  ReadyWatch(Observer observer) {
    this.observer = observer;
    this.thread = Thread.ofPlatform().name("kidreaper-ready").daemon().start(this::run);
  }

  @Override
  public void await(long serial, ProcessId process, Runnable ready) {
    starting.add(new Starting(process, ready, System.nanoTime()));
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
    return switch (observer.look(worker.process())) {
      case Activity.Idle(), Activity.Serving(int _) -> {
        worker.ready().run();
        yield true;
      }
      case Activity.Gone() -> true;
      case Activity.Between(), Activity.Suspended(String _), Activity.Unclear(String _) -> false;
    };
  }

  private long pauseNanos() {
    long now = System.nanoTime();
    return starting.stream().anyMatch(it -> now - it.sinceNanos() < SLOW_AFTER_NANOS)
        ? QUICK_NANOS
        : SLOW_NANOS;
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
  }
}
