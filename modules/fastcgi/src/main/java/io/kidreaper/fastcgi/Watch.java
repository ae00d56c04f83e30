package io.kidreaper.fastcgi;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at connections now and then, so that one whose peer is too slow can end itself: a blocking
 * read or write of a {@link java.nio.channels.SocketChannel} has no timeout of its own, but ends
 * when the channel is closed. A deadline is therefore met up to {@link #PERIOD_MILLIS} late.
 *
 * <p>With nothing to look at for a second, its thread sleeps without waking. Not at once: to wake
 * it for each short connection would cost as much as the connection.
 */
final class Watch implements AutoCloseable {
  /** How often each watched object is looked at, in milliseconds. */
  static final long PERIOD_MILLIS = 50;

  private static final int PATIENT_ROUNDS = 20;

  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  /** What has deadlines. */
  interface Watched {
    /** Called every period; must not block. The time is that of {@link System#nanoTime}. */
    void look(long nowNanos);
  }

  private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean parked;

  Watch(String name) {
    thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  /** The moment this many milliseconds from now; 0 stands for {@link #NEVER}. */
  static long deadline(long millis) {
    if (millis == 0) {
      return NEVER;
    }
    // nanoTime may be negative; the one value that means NEVER is not a moment that comes.
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Whether a moment made by {@link #deadline} has passed. */
  static boolean passed(long deadlineNanos, long nowNanos) {
    return deadlineNanos != NEVER && nowNanos - deadlineNanos >= 0;
  }

  void add(Watched one) {
    watched.add(one);
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  void remove(Watched one) {
    watched.remove(one);
  }

  private void run() {
    int emptyRounds = 0;
    while (true) {
      emptyRounds = watched.isEmpty() ? emptyRounds + 1 : 0;
      if (emptyRounds > 0 && closed) {
        return;
      }
      if (emptyRounds > PATIENT_ROUNDS) {
        parked = true;
        // Looked at again after the flag is set: an add that came before saw no reason to unpark.
        if (watched.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        parked = false;
        emptyRounds = 0;
        continue;
      }
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS));
      long now = System.nanoTime();
      watched.forEach(one -> one.look(now));
    }
  }

  /** Ends the thread as soon as nothing is watched. Nothing must be added afterwards. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
