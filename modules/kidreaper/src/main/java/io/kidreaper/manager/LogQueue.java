package io.kidreaper.manager;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lines on their way to a log that may be slow, full or broken. Whoever offers a line never waits:
 * what the log does not take is dropped and counted, and the next line that gets through is
 * preceded by a note of how many are missing there.
 */
public final class LogQueue implements AutoCloseable {
  /** The log itself; may block. */
  public interface Sink {
    void write(String line) throws IOException;
  }

  private static final long CLOSE_PATIENCE_MILLIS = 1_000;

  private final Sink sink;
  private final long mostChars;
  private final Thread writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<String> waiting = new ArrayDeque<>();
  private long waitingChars;
  private long lostSinceNote;
  private long lost;
  private boolean closing;

  /**
   * @param mostChars that may wait, at least 1; each takes one or two bytes
   */
  public LogQueue(Sink sink, long mostChars) {
    if (mostChars < 1) {
      throw new IllegalArgumentException("no room for lines: " + mostChars);
    }
    this.sink = sink;
    this.mostChars = mostChars;
    this.writer = Thread.ofPlatform().name("kidreaper-log").daemon().start(this::run);
  }

  /** Hands a line on, or drops and counts it; never blocks on the log. */
  public void offer(String line) {
    lock.lock();
    try {
      // An empty line takes its place in the queue too.
      if (closing || waitingChars + line.length() + 1 > mostChars) {
        countLost();
        return;
      }
      waiting.addLast(line);
      waitingChars += line.length() + 1;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Lines that were dropped since the beginning. */
  public long lost() {
    lock.lock();
    try {
      return lost;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Writes what waits, for a second at most: a log that hangs does not keep kidreaper from ending.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    try {
      writer.join(CLOSE_PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    String line = take();
    while (line != null) {
      write(line);
      line = take();
    }
  }

  private @Nullable String take() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closing) {
        changed.awaitUninterruptibly();
      }
      String line = waiting.pollFirst();
      if (line != null) {
        waitingChars -= line.length() + 1;
      }
      return line;
    } finally {
      lock.unlock();
    }
  }

  private void write(String line) {
    long missing = takeMissing();
    try {
      if (missing > 0) {
        sink.write("kidreaper: " + missing + " lines are missing here: the log did not take them");
        missing = 0;
      }
      sink.write(line);
    } catch (IOException e) {
      giveBack(missing);
    }
  }

  private long takeMissing() {
    lock.lock();
    try {
      long missing = lostSinceNote;
      lostSinceNote = 0;
      return missing;
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(long missing) {
    lock.lock();
    try {
      lostSinceNote += missing;
      countLost();
    } finally {
      lock.unlock();
    }
  }

  private void countLost() {
    lost++;
    lostSinceNote++;
  }
}
