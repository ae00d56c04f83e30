package io.kidreaper.gateway;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client that waits for its answer, and the thread that sees to it. The thread that made this
 * is the one that reads from and writes to the client.
 */
final class Attendance {
  /** A time within which the client has to do something; closed when it has. */
  interface Limit extends AutoCloseable {
    @Override
    void close();
  }

  private final ClientWatch watch;
  private final InetSocketAddress server;
  private final InetSocketAddress client;
  private final long sinceNanos = System.nanoTime();
  private final Thread thread = Thread.currentThread();
  private @Nullable Runnable whenGone;
  private boolean gone;
  private boolean limited;
  private long deadlineNanos;

  /** How often in a row the connection was not among those of the system. Of the watch's thread. */
  int timesMissing;

  Attendance(ClientWatch watch, InetSocketAddress server, InetSocketAddress client) {
    this.watch = watch;
    this.server = server;
    this.client = client;
  }

  InetSocketAddress server() {
    return server;
  }

  InetSocketAddress client() {
    return client;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  /** Calls this once if the client goes, or at once if it has gone. */
  void onGone(Runnable action) {
    boolean late;
    synchronized (this) {
      late = gone;
      whenGone = action;
    }
    if (late) {
      action.run();
    }
  }

  /** Says that the client has gone. */
  void gone() {
    Runnable action;
    synchronized (this) {
      if (gone) {
        return;
      }
      gone = true;
      action = whenGone;
    }
    if (action != null) {
      action.run();
    }
  }

  /** Bounds what follows to that many milliseconds; 0 = no limit. */
  synchronized Limit limit(long millis) {
    if (millis == 0) {
      return () -> {};
    }
    deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    limited = true;
    return this::unlimit;
  }

  private synchronized void unlimit() {
    limited = false;
    // An interrupt that came too late was meant for this wait, not for the next one.
    boolean ignored = Thread.interrupted();
  }

  /** Ends a wait that lasts too long: an interrupt closes the channel that the thread waits on. */
  synchronized void look(long nowNanos) {
    if (limited && nowNanos - deadlineNanos >= 0) {
      limited = false;
      thread.interrupt();
    }
  }

  void leave() {
    watch.leave(this);
  }
}
