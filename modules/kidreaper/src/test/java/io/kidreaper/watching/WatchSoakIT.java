package io.kidreaper.watching;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Pools of four servers in one watch, leaking under load; shorter than {@code bench/soak/watch}.
 */
class WatchSoakIT {
  private static final long LIMIT_BYTES = 64L << 20;

  /**
   * A tick's growth: two leaks of 1 MB at once every 15 ms at most, for two readings of 500 ms, and
   * the time that a retirement takes.
   */
  private static final long GROWTH_BYTES = 64L << 20;

  @Test
  void fourPoolsStayWithinTheirLimitsAndLoseNothing() {
    WatchSoak.Result result = WatchSoak.run(Duration.ofSeconds(30));
    assertThat(result.lost()).as(result.log()).isZero();
    assertThat(result.retired()).as(result.log()).allMatch(count -> count > 0);
    assertThat(result.mostBytes()).as(result.log()).isLessThan(LIMIT_BYTES + GROWTH_BYTES);
    assertThat(result.log()).doesNotContain("fault", "is away");
  }
}
