package io.kidreaper.managed;

import io.kidreaper.testbed.Site;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Waiting for what a pool is to come to. */
final class Until {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Until() {}

  /**
   * Waits until it is so.
   *
   * @throws AssertionError with all logs of the site, if it is not within a minute
   */
  static void until(Site site, Callable<Boolean> condition) {
    try {
      Awaitility.await()
          .atMost(LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(site.logs(), e);
    }
  }
}
