package io.kidreaper.linux;

/**
 * The share of one CPU that measuring keeps within, of one pool or of many together. For one
 * thread.
 *
 * <p>Ticks, by which workers are kept to their limits, come first; then what the process does
 * beside measuring; readings of everybody in detail, which are for people who ask, get what is
 * left.
 */
public final class CpuBudget {
  /** More than this part of it is never taken from ticks by what is no measuring. */
  private static final double MOST_BESIDE = 0.25;

  private static final double TICKS = 0.75;

  /**
   * Readings in detail leave the rest, so that what is spent stays below the share, and not at it.
   */
  private static final double MOST_WITH_WHOLES = 0.9;

  /** Of what readings in detail may take where there is enough for all. */
  private static final double LEAST_WHOLES = 0.1;

  private final CpuAccount all;
  private final CpuAccount ticks;
  private final CpuAccount wholes;

  /** A little for readings in detail, whatever else there is to pay. */
  private final CpuAccount fewWholes;

  private final double besideShare;
  private long besideMillis;

  private CpuBudget(double ticksShare, double wholesShare, long nowMillis) {
    this.besideShare = MOST_BESIDE * ticksShare;
    this.besideMillis = nowMillis;
    this.all = new CpuAccount(MOST_WITH_WHOLES * (ticksShare + wholesShare), nowMillis);
    this.ticks = new CpuAccount(ticksShare, nowMillis);
    this.wholes = new CpuAccount(wholesShare, nowMillis);
    this.fewWholes = new CpuAccount(LEAST_WHOLES * wholesShare, nowMillis);
  }

  /**
   * At most a quarter of it is for readings of everybody in detail, so that they never delay the
   * others.
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
    all.spend(cpuNanos, nowMillis);
    if (whole) {
      wholes.spend(cpuNanos, nowMillis);
      fewWholes.spend(cpuNanos, nowMillis);
    } else {
      ticks.spend(cpuNanos, nowMillis);
    }
  }

  /**
   * So much was spent by the same process and on no reading: by the JVM itself, and on telling of
   * what was read. Readings in detail give way to all of it, ticks up to a quarter of theirs.
   *
   * @param cpuNanos since the last time, 0 or more
   */
  public void spendBeside(long cpuNanos, long nowMillis) {
    long most = Math.round((nowMillis - besideMillis) * besideShare * 1e6);
    besideMillis = nowMillis;
    all.spend(cpuNanos, nowMillis);
    ticks.spend(Math.min(Math.round(cpuNanos * TICKS), most), nowMillis);
  }

  /** What was spent so far is forgotten, as of the time in which the JVM itself starts. */
  public void pardon(long nowMillis) {
    besideMillis = nowMillis;
    all.pardon(nowMillis);
    ticks.pardon(nowMillis);
    wholes.pardon(nowMillis);
    fewWholes.pardon(nowMillis);
  }

  /** How long the next reading has to wait; 0 if it has not. */
  long waitMillis(long nowMillis) {
    return ticks.waitMillis(nowMillis);
  }

  boolean allowsWhole(long nowMillis) {
    return wholes.waitMillis(nowMillis) == 0
        && (all.waitMillis(nowMillis) == 0 || fewWholes.waitMillis(nowMillis) == 0);
  }
}
