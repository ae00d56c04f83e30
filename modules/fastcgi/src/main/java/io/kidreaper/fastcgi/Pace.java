package io.kidreaper.fastcgi;

/**
 * Says whether the thread that accepts a connection may serve its first request itself, which saves
 * the hand-over to another thread: for a short request that costs more than the request. While it
 * serves, nobody accepts, so it may only where handlers have proved to be quick.
 *
 * <p>Knows no clock: it is told how long requests took. Safe for use by many threads.
 */
final class Pace {
  /** A mean request below this is quick, in nanoseconds: some times what a hand-over costs. */
  static final long QUICK_NANOS = 200_000;

  /** A single request of this length has made others wait, in nanoseconds. */
  static final long STALL_NANOS = 20_000_000;

  /** After how many requests handlers are trusted again; fewer at the start. */
  static final int REST_REQUESTS = 1_000;

  private static final int FIRST_REQUESTS = 64;

  /** By which part the mean follows each request. */
  private static final int WEIGHT = 16;

  private long meanNanos;
  private int rest = FIRST_REQUESTS;

  /** Counts a request, from having been read to having been answered. */
  synchronized void took(long nanos) {
    meanNanos += (nanos - meanNanos) / WEIGHT;
    if (rest > 0) {
      // While it is not trusted a request stalls nobody, and a starting JVM is slow for other
      // reasons.
      rest--;
    } else if (nanos >= STALL_NANOS) {
      rest = REST_REQUESTS;
    }
  }

  /** Whether the next request is likely to be quick. */
  synchronized boolean isQuick() {
    return rest == 0 && meanNanos < QUICK_NANOS;
  }
}
