package io.kidreaper.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.control.WorkerStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SizesTest {
  private final Sizes sizes = new Sizes();

  private void see(long ageMillis, long bytes, long nowMillis) {
    sizes.see(
        List.of(
            new WorkerStatus(
                7,
                1,
                1,
                1,
                WorkerStatus.State.READY,
                OptionalLong.of(ageMillis),
                OptionalLong.of(bytes),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty())),
        nowMillis);
  }

  @Test
  void growthIsBetweenTwoReadingsThatDiffer() {
    see(5_000, 1_000, 0);
    see(5_500, 1_000, 500);
    see(6_000, 3_000, 1_000);

    assertThat(sizes.growthIn(2_000)).isEqualTo(4_000);
    assertThat(sizes.peakBytes()).isEqualTo(3_000);
  }

  @Test
  void loadingIsNoGrowthButCountsForThePeak() {
    see(100, 1_000, 0);
    see(1_900, 90_000, 1_800);
    see(2_100, 80_000, 2_000);

    assertThat(sizes.growthIn(1_000)).isZero();
    assertThat(sizes.peakBytes()).isEqualTo(90_000);
  }
}
