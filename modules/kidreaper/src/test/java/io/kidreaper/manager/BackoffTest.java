package io.kidreaper.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.manager.Backoff.Verdict;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  private static final Backoff BACKOFF = Backoff.DEFAULT;

  @ParameterizedTest
  @CsvSource({
    // failures before, was ready, clean, lived ms, failures after, delay ms without jitter
    "0, true,  true,  3600000, 0, 0", // served for an hour
    "9, true,  false, 3600000, 0, 0", // crashed after an hour: at once
    "9, true,  false, 5000,    0, 0",
    "0, true,  false, 4999,    1, 250", // crashed within seconds
    "1, true,  false, 4999,    2, 500",
    "0, true,  true,  500,     0, 0", // had its requests and went
    "9, true,  true,  30,      0, 70", // one request and gone: at most ten a second
    "0, false, false, 20,      1, 250", // never ready
    "0, false, true,  20,      1, 250",
    "0, false, false, 60000,   1, 250", // booted for a minute and failed
    "5, false, false, 20,      6, 8000",
    "7, false, false, 20,      8, 32000",
    "8, false, false, 20,      9, 60000",
    "9, false, false, 20,     10, 60000",
    "30, false, false, 20,    31, 60000",
    "2147483647, false, false, 20, 2147483647, 60000",
  })
  void delaysByWhatTheEndWas(
      int before, boolean ready, boolean clean, long lived, int after, long delay) {
    assertThat(BACKOFF.afterEnd(before, ready, clean, lived, 0))
        .isEqualTo(new Verdict(after, delay));
  }

  @Test
  void jitterTakesUpToHalfOffAndNeverAll() {
    assertThat(BACKOFF.afterFailure(0, 0.5).delayMillis()).isEqualTo(250 - 62);
    assertThat(BACKOFF.afterFailure(0, 0.999999).delayMillis()).isBetween(125L, 126L);
    assertThat(new Backoff(1, 1, 1, 0).afterFailure(0, 0.999999).delayMillis()).isEqualTo(1);
  }

  @Test
  void aBrokenCommandIsStartedRarelyButForEver() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long now = 0;
    int failures = 0;
    int starts = 0;
    int startsInTheLastHour = 0;
    while (now < 24 * 3_600_000L) {
      Verdict verdict = BACKOFF.afterEnd(failures, false, false, 20, random.nextDouble());
      failures = verdict.failuresInARow();
      now += 20 + verdict.delayMillis();
      starts++;
      startsInTheLastHour += now > 23 * 3_600_000L ? 1 : 0;
    }
    assertThat(starts).as("seed %d", seed).isLessThan(24 * 120 + 20);
    assertThat(startsInTheLastHour).as("seed %d", seed).isBetween(60, 120);
  }
}
