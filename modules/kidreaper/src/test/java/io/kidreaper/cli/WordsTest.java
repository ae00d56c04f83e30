package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.retire.Time;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class WordsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0s, 0",
    "500ms, 500",
    "10s, 10000",
    "10S, 10000",
    "1.5s, 1500",
    "5m, 300000",
    "1h, 3600000",
    "0.5d, 43200000",
    "3650d, 315360000000"
  })
  void readsDurations(String text, long millis) {
    assertThat(Words.duration(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "10", "10 s", "-1s", "+1s", "s", "1,5s", "10sec", "1m30s", "PT10S", "1w", "\u0661s"
      })
  void whatIsNoDurationIsRefusedWithAGoodExample(String text) {
    assertThatThrownBy(() -> Words.duration(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("10s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3651d", "99999999999999999999h", "9223372036854775808ms"})
  void longerThanAnybodyWaitsIsRefusedAndNotWrapped(String text) {
    assertThatThrownBy(() -> Words.duration(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage("'" + text + "' is longer than ten years");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 ms",
    "999, 999 ms",
    "1000, 1.0 s",
    "3249, 3.2 s",
    "59949, 59.9 s",
    "59950, 1 min 0 s",
    "59999, 1 min 0 s",
    "60000, 1 min 0 s",
    "119999, 2 min 0 s",
    "250000, 4 min 10 s",
    "3600000, 1 h 0 min",
    "7500000, 2 h 5 min"
  })
  void timesAreShownAsPeopleReadThem(long millis, String shown) {
    assertThat(Time.words(millis)).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "x", "2147483648", "1.5"})
  void whatIsNoProcessIdIsRefusedWithAGoodExample(String text) {
    assertThatThrownBy(() -> Words.pid(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("4711");
  }

  @Test
  void aProcessIdIsAnyPositiveInt() {
    assertThat(Words.pid("1")).isOne();
    assertThat(Words.pid("2147483647")).isEqualTo(Integer.MAX_VALUE);
  }
}
