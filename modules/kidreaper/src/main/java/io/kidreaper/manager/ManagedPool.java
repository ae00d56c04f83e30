package io.kidreaper.manager;

import io.kidreaper.manager.PoolMachine.Step;
import io.kidreaper.manager.PoolState.Phase;
import java.util.OptionalLong;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running pool: one thread that takes events, steps the {@link PoolMachine} and carries its
 * commands out. It sleeps when nothing is due. Everything here may be called from any thread.
 */
public final class ManagedPool {
  private final BlockingDeque<PoolEvent> events = new LinkedBlockingDeque<>();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final WorkerHost host;
  private final Consumer<PoolNote> notes;
  private final Consumer<PoolState> changed;
  private volatile boolean detached;
  private volatile PoolState state;
  private volatile @Nullable Thread thread;

  /**
   * @param notes called on the pool's thread; must not block
   */
  public ManagedPool(PoolState initial, WorkerHost host, Consumer<PoolNote> notes) {
    this(initial, host, notes, _ -> {});
  }

  /**
   * @param notes called on the pool's thread; must not block
   * @param changed called there too, after each step and all that it ordered; must not block
   */
  public ManagedPool(
      PoolState initial, WorkerHost host, Consumer<PoolNote> notes, Consumer<PoolState> changed) {
    this.state = initial;
    this.host = host;
    this.notes = notes;
    this.changed = changed;
  }

  /**
   * Starts the pool. Its thread lives until the pool is finished, which matters to workers that
   * have a death signal: the kernel sends it when the thread that spawned them ends.
   *
   * @param first Tick, or Adopted
   */
  public void start(PoolEvent first) {
    // Before a stop that was asked for already: workers taken over have to be known to be stopped.
    events.addFirst(first);
    thread = Thread.ofPlatform().name("kidreaper-pool").start(this::run);
  }

  /** Whether its thread runs: without it nothing that happens to the pool is acted on. */
  public boolean isAlive() {
    @Nullable Thread started = thread;
    return started != null && started.isAlive();
  }

  /** Tells the pool what happened; never blocks. */
  public void post(PoolEvent event) {
    events.add(event);
  }

  /**
   * Orders nothing any more and ends the thread; workers stay as they are, for another to keep.
   *
   * @return false if the thread is at something that it does not come back from within the time
   */
  public boolean detach(long timeoutMillis) throws InterruptedException {
    detached = true;
    events.add(new PoolEvent.Tick());
    @Nullable Thread started = thread;
    if (started != null) {
      started.join(timeoutMillis);
    }
    return started == null || !started.isAlive();
  }

  /** The pool as it was after its last step. */
  public PoolState state() {
    return state;
  }

  /**
   * Waits until the pool has stopped and its last worker is gone.
   *
   * @return false if that did not happen within the time
   */
  public boolean awaitFinished(long timeoutMillis) throws InterruptedException {
    return finished.await(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  private void run() {
    OptionalLong wakeAt = OptionalLong.empty();
    while (state.phase() != Phase.FINISHED) {
      PoolEvent event = next(wakeAt);
      if (detached) {
        return;
      }
      Step step = PoolMachine.step(state, event, nowMillis());
      state = step.state();
      wakeAt = step.wakeAtMillis();
      step.commands().forEach(this::carryOut);
      changed.accept(state);
    }
    finished.countDown();
  }

  private PoolEvent next(OptionalLong wakeAt) {
    try {
      if (wakeAt.isEmpty()) {
        return events.take();
      }
      @Nullable PoolEvent event =
          events.poll(Math.max(0, wakeAt.getAsLong() - nowMillis()), TimeUnit.MILLISECONDS);
      return event == null ? new PoolEvent.Tick() : event;
    } catch (InterruptedException e) {
      // Nobody is given this thread; whoever found it means that the end has come.
      return new PoolEvent.Stop();
    }
  }

  /** A fault of the host is the worker's event, since without this thread nobody keeps the pool. */
  private void carryOut(PoolCommand command) {
    switch (command) {
      case PoolCommand.Start(long serial, int generation) -> start(serial, generation);
      case PoolCommand.Retire(long serial, String reason) -> {
        try {
          host.retire(serial, reason);
        } catch (RuntimeException e) {
          events.add(new PoolEvent.RetirementFailed(serial, "kidreaper's own fault: " + e));
        }
      }
      case PoolCommand.Kill(long serial) -> {
        try {
          host.kill(serial);
        } catch (RuntimeException e) {
          notes.accept(new PoolNote.KillFailed(serial, "kidreaper's own fault: " + e));
        }
      }
      case PoolCommand.Tell(PoolNote note) -> notes.accept(note);
      case PoolCommand.Finished() -> {}
    }
  }

  private void start(long serial, int generation) {
    WorkerHost.Started started;
    try {
      started = host.start(serial, generation);
    } catch (RuntimeException e) {
      started = new WorkerHost.Started.Failed("kidreaper's own fault: " + e);
    }
    switch (started) {
      case WorkerHost.Started.Up() -> {}
      case WorkerHost.Started.Failed(String reason) ->
          events.add(new PoolEvent.StartFailed(serial, reason));
    }
  }

  /** Not the wall clock, which people and time servers set back. */
  private static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
