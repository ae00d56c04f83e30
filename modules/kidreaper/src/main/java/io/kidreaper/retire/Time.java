package io.kidreaper.retire;

import java.time.Duration;
import java.util.Locale;

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

  /** For people: {@code 40 ms}, {@code 3.2 s}, {@code 4 min 10 s}, {@code 3 h 5 min}. */
  static String words(long millis) {
    if (millis < 1_000) {
      return millis + " ms";
    }
    // From here on one decimal would round up to 60.0 s.
    if (millis < 59_950) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    long seconds = Math.round(millis / 1000.0);
    return seconds < 3_600
        ? seconds / 60 + " min " + seconds % 60 + " s"
        : seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min";
  }
}
