package io.kidreaper.linux;

/**
 * Keeps work within a share of one CPU. Time earns credit, work spends it, and whoever is in debt
 * waits. Credit is kept for half a minute, so that one costly reading need not delay the cheap ones
 * after it.
 */
final class CpuAccount {
  private static final long KEPT_MILLIS = 30_000;

  private final double share;
  private double creditNanos;
  private long lastMillis;

  /**
   * @param share of one CPU, more than 0
   */
  CpuAccount(double share, long nowMillis) {
    this.share = share;
    this.lastMillis = nowMillis;
    this.creditNanos = mostNanos();
  }

  void spend(long nanos, long nowMillis) {
    earn(nowMillis);
    creditNanos -= nanos;
  }

  /** How long to wait until the debt is paid; 0 without one. */
  long waitMillis(long nowMillis) {
    earn(nowMillis);
    return creditNanos >= 0 ? 0 : (long) Math.ceil(-creditNanos / (share * 1e6));
  }

  /** All credit there can be, whatever was spent. */
  void pardon(long nowMillis) {
    lastMillis = nowMillis;
    creditNanos = mostNanos();
  }

  private void earn(long nowMillis) {
    creditNanos = Math.min(mostNanos(), creditNanos + (nowMillis - lastMillis) * share * 1e6);
    lastMillis = nowMillis;
  }

  private double mostNanos() {
    return KEPT_MILLIS * share * 1e6;
  }
}
