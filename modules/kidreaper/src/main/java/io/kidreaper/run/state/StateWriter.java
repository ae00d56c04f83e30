package io.kidreaper.run.state;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a pool's state on disk up to date, on a thread of its own: whoever has news never waits for
 * a disk. Only the latest state is written. What cannot be written now, on a full disk or in a
 * read-only folder, is tried again until it can, and told once.
 */
public final class StateWriter implements AutoCloseable {
  private static final Duration TRY_AGAIN = Duration.ofSeconds(5);

  private final StateFile file;
  private final Consumer<String> log;
  private final long tryAgainNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private @Nullable SavedPool latest;
  private boolean written = true;
  private boolean closing;
  private boolean lastTry;
  private boolean failing;

  /**
   * @param log takes a sentence when writing begins to fail, and one when it succeeds again
   */
  public StateWriter(StateFolder folder, PoolName name, Consumer<String> log) {
    this(folder, name, log, TRY_AGAIN);
  }

  StateWriter(StateFolder folder, PoolName name, Consumer<String> log, Duration tryAgain) {
    this.file = new StateFile(folder, name);
    this.log = log;
    this.tryAgainNanos = tryAgain.toNanos();
    this.thread = Thread.ofPlatform().name("kidreaper-state").daemon().start(this::run);
  }

  /** From now on the pool is so; never waits. */
  public void save(SavedPool pool) {
    lock.lock();
    try {
      latest = pool;
      written = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the latest state is on disk.
   *
   * @return false if that did not happen within the time
   */
  public boolean awaitWritten(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (!written && left > 0) {
        left = changed.awaitNanos(left);
      }
      return written;
    } finally {
      lock.unlock();
    }
  }

  /** The pool has ended: removes the state, after which nothing can be saved. */
  public void remove() {
    close();
    try {
      file.delete();
    } catch (IOException e) {
      log.accept("the state file " + file.path() + " cannot be removed: " + e);
    }
  }

  /** Ends; what was not written yet is tried once more, and stays unwritten if it cannot be. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    SavedPool next = next();
    while (next != null) {
      boolean done = write(next);
      settle(next, done);
      next = next();
    }
  }

  /** What is to be written now; null at the end. */
  private @Nullable SavedPool next() {
    lock.lock();
    try {
      while (written && !closing) {
        changed.awaitUninterruptibly();
      }
      if (written || lastTry) {
        return null;
      }
      lastTry = closing;
      return latest;
    } finally {
      lock.unlock();
    }
  }

  private boolean write(SavedPool pool) {
    try {
      file.write(pool);
      if (failing) {
        failing = false;
        log.accept("the state file " + file.path() + " is written again");
      }
      return true;
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        log.accept(
            "the state file %s cannot be written (%s): if kidreaper dies now, the next one does not find its workers; it is tried again until it can"
                .formatted(file.path(), e));
      }
      return false;
    }
  }

  private void settle(SavedPool tried, boolean done) {
    lock.lock();
    try {
      if (done) {
        written = tried.equals(latest);
        changed.signalAll();
        return;
      }
      long left = tryAgainNanos;
      while (left > 0 && !closing) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closing = true;
    } finally {
      lock.unlock();
    }
  }
}
