package io.kidreaper.watch;

import io.kidreaper.linux.SystemTime;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.At;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.Progress;
import io.kidreaper.retire.Retirement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Retires workers of all pools, each on a thread of its own, so that a worker with a long request
 * keeps nobody else waiting, and measuring least of all. Threads come when they are needed and go
 * when they are not. Safe from any thread.
 */
final class RetireDesk implements AutoCloseable {
  private static final int MOST_AT_ONCE = 32;
  private static final long IDLE_SECONDS = 30;
  private static final long CLOSE_SECONDS = 10;

  /** A tracer holds one worker at a time, so who retires needs one for as long as it takes. */
  private static final int MOST_KEPT = 2;

  /** How one retirement is gone about. */
  interface Work {
    /**
     * Why the worker is to be let be after all, or how it is asked to go; on the retiring thread.
     */
    Plan plan(Kernel kernel);

    /** Whether it is not wanted any more. Asked often. */
    boolean cancelled();

    /** What it came to; on the retiring thread. */
    void done(Outcome outcome);
  }

  /** What a retirement is to be. */
  sealed interface Plan {
    record Ask(Attachment attachment, ProcessId worker, io.kidreaper.retire.Manner manner)
        implements Plan {}

    record LetBe(Outcome why) implements Plan {}
  }

  private final Consumer<String> told;
  private final ThreadPoolExecutor threads;
  private final Map<Optional<At>, Deque<Means>> idle = new HashMap<>();
  private volatile boolean closing;
  private long doneBefore;

  /**
   * @param told hears once for each tracer what right is missing
   */
  RetireDesk(Consumer<String> told) {
    this.told = told;
    this.threads =
        new ThreadPoolExecutor(
            MOST_AT_ONCE,
            MOST_AT_ONCE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> Thread.ofPlatform().name("kidreaper-retire").daemon().unstarted(work));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Begins one. Comes back at once. */
  void begin(Optional<At> at, Work work) {
    try {
      threads.execute(() -> work.done(retire(at, work)));
    } catch (RejectedExecutionException e) {
      work.done(interrupted());
    }
  }

  /** Whether anybody was being retired since this was asked last. For one thread. */
  boolean wasBusy() {
    long done = threads.getCompletedTaskCount();
    boolean busy = done != doneBefore || threads.getActiveCount() > 0;
    doneBefore = done;
    return busy;
  }

  private Outcome retire(Optional<At> at, Work work) {
    if (closing || work.cancelled()) {
      return interrupted();
    }
    Kernel kernel = Kernel.open();
    return switch (work.plan(kernel)) {
      case Plan.LetBe(Outcome why) -> why;
      case Plan.Ask ask -> {
        Means means = take(at);
        try (var watch = ask.attachment().anotherWatch(kernel)) {
          yield new Retirement(
                  kernel.processes(),
                  means.deliverer(),
                  means.observer(),
                  watch,
                  ask.attachment().succession(),
                  new SystemTime(),
                  Progress.NONE,
                  () -> closing || work.cancelled())
              .retire(ask.worker(), ask.manner());
        } finally {
          giveBack(at, means);
        }
      }
    };
  }

  private static Outcome interrupted() {
    return new Outcome.NotSignalled(
        Outcome.Why.INTERRUPTED, "kidreaper was asked to stop before its turn");
  }

  private Means take(Optional<At> at) {
    synchronized (idle) {
      Deque<Means> there = idle.getOrDefault(at, new ArrayDeque<>());
      if (!there.isEmpty()) {
        return there.pop();
      }
    }
    return Means.of(at, told);
  }

  private void giveBack(Optional<At> at, Means means) {
    synchronized (idle) {
      Deque<Means> there = idle.computeIfAbsent(at, _ -> new ArrayDeque<>());
      if (!closing && there.size() < MOST_KEPT) {
        there.push(means);
        return;
      }
    }
    means.close();
  }

  /** Lets go of whoever is held, and begins no other. */
  @Override
  public void close() {
    closing = true;
    threads.shutdown();
    try {
      boolean _ = threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (idle) {
      idle.values().forEach(there -> there.forEach(Means::close));
      idle.clear();
    }
  }
}
