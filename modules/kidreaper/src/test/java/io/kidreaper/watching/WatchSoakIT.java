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

  /** What each of four retirements that happen to be under way may have open. */
  private static final long AT_THE_SAME_TIME = 8;

  @Test
  void fourPoolsStayWithinTheirLimitsAndLoseNothing() {
    WatchSoak.Result result = WatchSoak.run(Duration.ofMinutes(1));
    System.out.print(result.text());
    assertThat(result.lost()).as(result.log()).isZero();
    assertThat(result.retired()).as(result.log()).allMatch(count -> count > 0);
    assertThat(result.mostBytes()).as(result.log()).isLessThan(LIMIT_BYTES + GROWTH_BYTES);
    assertThat(result.descriptors().getLast())
        .as("open files, which nobody who has left may keep: %s", result.descriptors())
        .isLessThanOrEqualTo(result.descriptors().getFirst() + AT_THE_SAME_TIME);
    assertThat(result.log()).doesNotContain("fault", "is away");
  }
}
