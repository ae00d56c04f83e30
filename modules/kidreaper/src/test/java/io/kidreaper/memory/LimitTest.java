package io.kidreaper.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitTest {
  @ParameterizedTest
  @CsvSource({
    "PRIVATE, 99, false",
    "PRIVATE, 100, true",
    "PRIVATE, 101, true",
    "PSS, 99, false",
    "PSS, 100, true",
    "RSS, 99, false",
    "RSS, 9223372036854775807, false",
    "VSZ, 9223372036854775807, false"
  })
  void onlyAWorkerThatMayBeOverItIsReadInDetail(Measure measure, long mostBytes, boolean needed) {
    assertThat(new Limit(measure, 100).needsDetail(mostBytes)).isEqualTo(needed);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void aLimitThatEveryWorkerIsOverIsRefused(long bytes) {
    assertThatThrownBy(() -> new Limit(Measure.RSS, bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Long.toString(bytes));
  }

  @Test
  void isShownWithItsMeasure() {
    assertThat(new Limit(Measure.PRIVATE, 150 << 20)).hasToString("private limit 150.0M");
    assertThat(new Limit(Measure.VSZ, 1)).hasToString("vsz limit 1");
  }
}
