package io.kidreaper.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RequestAllowanceTest {
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void asksAfterTheLastRequestAndAgainAfterAsManyMore() {
    RequestAllowance allowance = new RequestAllowance(3, asked::incrementAndGet);
    int[] expected = {0, 0, 1, 1, 1, 2, 2};
    for (int after : expected) {
      allowance.served();
      assertThat(asked).hasValue(after);
    }
  }
}
