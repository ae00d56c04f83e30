package io.kidreaper.cli;

import java.time.Duration;

/**
 * Has the JVM give back the heap that it does not need. By itself it lets the heap grow as long as
 * there is room, and gives back only at a full collection, for which a watch that rests would wait
 * for days. For one thread.
 */
final class HeapTrim {
  /** When the start is over, and what it took is garbage. */
  private static final long FIRST_NANOS = Duration.ofSeconds(30).toNanos();

  /** A collection takes some 30 ms of CPU. */
  private static final long EVERY_NANOS = Duration.ofMinutes(10).toNanos();

  private long nextNanos = System.nanoTime() + FIRST_NANOS;

  /** Does so if it is time. */
  void maybe() {
    long now = System.nanoTime();
    if (now - nextNanos >= 0) {
      nextNanos = now + EVERY_NANOS;
      System.gc();
    }
  }
}
