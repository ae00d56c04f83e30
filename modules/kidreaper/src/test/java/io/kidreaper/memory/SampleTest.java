package io.kidreaper.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SampleTest {
  private static final Rollup ROLLUP = new Rollup(90, 60, 1, 2, 10, 30, 40, 5, 7, 3);

  @Test
  void hasEveryMeasureWhereTheDetailWasRead() {
    Sample sample = new Sample(200, 91, ROLLUP);

    assertThat(sample.value(Measure.VSZ)).hasValue(200);
    assertThat(sample.value(Measure.RSS)).as("as the cheap reading has it").hasValue(91);
    assertThat(sample.value(Measure.PSS)).hasValue(60);
    assertThat(sample.value(Measure.PRIVATE)).hasValue(10 + 30 + 7 - 5);
  }

  @Test
  void whatWasNotReadIsEmptyAndNotNought() {
    for (Detail detail : new Detail[] {new Detail.NotRead(), new Detail.Unreadable("EACCES")}) {
      Sample sample = new Sample(200, 91, detail);

      assertThat(sample.value(Measure.VSZ)).hasValue(200);
      assertThat(sample.value(Measure.RSS)).hasValue(91);
      assertThat(sample.value(Measure.PSS)).isEmpty();
      assertThat(sample.value(Measure.PRIVATE)).isEmpty();
    }
  }

  /** The figures of one rollup are not taken at one moment. */
  @Test
  void privateMemoryIsNeverNegative() {
    assertThat(new Rollup(0, 0, 0, 0, 1, 0, 0, 5, 0, 0).privateBytes()).isZero();
  }

  @Test
  void theShareOfAPoolCountsSharedPagesOnce() {
    assertThat(ROLLUP.poolShareBytes()).isEqualTo(63);
  }
}
