package io.kidreaper.pool;

/**
 * At which age a worker that nobody saw become ready shows what a fresh one needs. Just forked it
 * has next to nothing of its own; later it has grown.
 */
public final class BootWindow {
  public static final long FROM_MILLIS = 2_000;
  public static final long UNTIL_MILLIS = 60_000;

  /** Between two readings that are to show whether it grows. */
  public static final long SPACING_MILLIS = 5_000;

  private BootWindow() {}

  /** Whether a reading at this age counts. */
  public static boolean isOpenAt(long ageMillis) {
    return ageMillis >= FROM_MILLIS && ageMillis <= UNTIL_MILLIS;
  }

  /** Whether a reading at this age may be the second, after one at the other. */
  public static boolean isSecondAt(long firstAgeMillis, long ageMillis) {
    return isOpenAt(ageMillis) && ageMillis >= firstAgeMillis + SPACING_MILLIS;
  }
}
