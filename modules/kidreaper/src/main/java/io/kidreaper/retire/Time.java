package io.kidreaper.retire;

import java.time.Duration;

/** Time as a retirement passes through it; a test's own runs as fast as it likes. */
public interface Time {
  /** Nanoseconds since some fixed moment, never going back. */
  long nanos();

  /** Lets that much time pass, or less if the thread is interrupted. */
  void sleep(Duration duration);

  /** Milliseconds since an earlier {@link #nanos()}. */
  default long millisSince(long startNanos) {
    return (nanos() - startNanos) / 1_000_000;
  }
}
