package io.kidreaper.linux;

/**
 * The share of one CPU that measuring keeps within, of one pool or of many together. For one
 * thread.
 */
public final class CpuBudget {
  /** More than this part of it is never taken by what is no measuring. */
  private static final double MOST_BESIDE = 0.25;

  private static final double TICKS = 0.75;

  private final CpuAccount ticks;
  private final CpuAccount wholes;
  private final double besideShare;
  private long besideMillis;

  private CpuBudget(double ticksShare, double wholesShare, long nowMillis) {
    this.besideShare = MOST_BESIDE * (ticksShare + wholesShare);
    this.besideMillis = nowMillis;
    this.ticks = new CpuAccount(ticksShare, nowMillis);
    this.wholes = new CpuAccount(wholesShare, nowMillis);
  }

  /**
   * A quarter of it is for readings of everybody in detail, so that they never delay the others.
   *
   * @param share of one CPU, more than 0 and at most 1
   */
  public static CpuBudget divided(double share, long nowMillis) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("a share of one CPU is above 0 and at most 1: " + share);
    }
    return new CpuBudget(share * TICKS, share * (1 - TICKS), nowMillis);
  }

  /** What a plan allows. */
  static CpuBudget of(SamplingPlan plan, long nowMillis) {
    double share = plan.wholeEveryMillis().isPresent() ? plan.cpuShare() / 2 : plan.cpuShare();
    return new CpuBudget(share, share, nowMillis);
  }

  /**
   * So much was spent.
   *
   * @param whole whether on a reading of everybody in detail
   * @param cpuNanos 0 or more
   */
  public void spend(boolean whole, long cpuNanos, long nowMillis) {
    (whole ? wholes : ticks).spend(cpuNanos, nowMillis);
  }

  /**
   * So much was spent by the same process and on no reading: by the JVM itself, and on telling of
   * what was read. Measuring gives way to it up to a quarter of the budget.
   *
   * @param cpuNanos since the last time, 0 or more
   */
  public void spendBeside(long cpuNanos, long nowMillis) {
    long most = Math.round((nowMillis - besideMillis) * besideShare * 1e6);
    besideMillis = nowMillis;
    long nanos = Math.min(cpuNanos, most);
    ticks.spend(Math.round(nanos * TICKS), nowMillis);
    wholes.spend(Math.round(nanos * (1 - TICKS)), nowMillis);
  }

  /** What was spent so far is forgotten, as of the time in which the JVM itself starts. */
  public void pardon(long nowMillis) {
    besideMillis = nowMillis;
    ticks.pardon(nowMillis);
    wholes.pardon(nowMillis);
  }

  /** How long the next reading has to wait; 0 if it has not. */
  long waitMillis(long nowMillis) {
    return ticks.waitMillis(nowMillis);
  }

  boolean allowsWhole(long nowMillis) {
    return wholes.waitMillis(nowMillis) == 0;
  }
}
