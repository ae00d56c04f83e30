package io.kidreaper.policy;

/** Whether replacing a worker is worth it. */
final class Growth {
  private Growth() {}

  /** Whether a fresh worker is smaller by a tenth at least. */
  static boolean isWorthIt(long privateBytes, long freshBytes) {
    return privateBytes - freshBytes >= privateBytes / 10 && privateBytes > freshBytes;
  }
}
