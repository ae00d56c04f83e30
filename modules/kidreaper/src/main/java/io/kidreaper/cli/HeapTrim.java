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

  /** A collection goes through all that lives. */
  private static final long LEAST_APART_NANOS = Duration.ofSeconds(60).toNanos();

  /** So much more than what lives is worth one. */
  private static final double WORTH_IT = 1.4;

  private final Runtime runtime = Runtime.getRuntime();
  private long nextNanos = System.nanoTime() + FIRST_NANOS;
  private long livingBytes;

  /** Does so if it is time, and worth it. */
  void maybe() {
    long now = System.nanoTime();
    if (now - nextNanos >= 0 && usedBytes() > WORTH_IT * livingBytes) {
      System.gc();
      livingBytes = usedBytes();
      nextNanos = now + LEAST_APART_NANOS;
    }
  }

  private long usedBytes() {
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
