package io.kidreaper.policy;

import io.kidreaper.pool.ProcessId;
import java.util.SplittableRandom;

/** Makes workers that started together go one by one. */
final class Jitter {
  private Jitter() {}

  /**
   * A maximum as it holds for one worker: up to a share smaller, the same whenever it is asked for.
   *
   * @return at least 1
   */
  static long drawn(long maximum, double share, long seed, ProcessId worker) {
    long mixed = seed ^ (worker.startTicks() << 22) ^ worker.pid();
    double off = new SplittableRandom(mixed).nextDouble() * share;
    return Math.max(1, maximum - (long) (maximum * off));
  }
}
