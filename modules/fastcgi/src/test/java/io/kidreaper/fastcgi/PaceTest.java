package io.kidreaper.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final int MANY = 10_000;

  private final Pace pace = new Pace();

  @Test
  void nobodyIsTrustedAtTheStart() {
    assertThat(pace.isQuick()).isFalse();
    pace.took(1);
    assertThat(pace.isQuick()).isFalse();
  }

  @Test
  void quickRequestsEarnTrust() {
    take(MANY, 10_000);
    assertThat(pace.isQuick()).isTrue();
  }

  @Test
  void slowRequestsOnTheWholeDoNot() {
    take(MANY, Pace.QUICK_NANOS * 2);
    assertThat(pace.isQuick()).isFalse();
    take(100, 10_000);
    assertThat(pace.isQuick()).as("they became quick").isTrue();
  }

  @Test
  void aStallCostsTrustForLong() {
    take(MANY, 10_000);
    pace.took(Pace.STALL_NANOS);
    take(Pace.REST_REQUESTS - 1, 10_000);
    assertThat(pace.isQuick()).isFalse();
    take(1, 10_000);
    assertThat(pace.isQuick()).isTrue();
  }

  @Test
  void stallsWhileNobodyIsTrustedCostNothing() {
    take(10, Pace.STALL_NANOS * 10);
    take(500, 10_000);
    assertThat(pace.isQuick()).isTrue();
  }

  private void take(int requests, long nanos) {
    for (int i = 0; i < requests; i++) {
      pace.took(nanos);
    }
  }
}
