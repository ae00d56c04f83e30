package io.kidreaper.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
  @Test
  void isASizeOrAShare() {
    assertThat(Budget.parse("1G")).isEqualTo(new Budget.Absolute(new ByteSize(1L << 30)));
    assertThat(Budget.parse("80%")).isEqualTo(new Budget.Share(80));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "0%", "101%", "999%", "1000%", "1.5%", "-5%", "80 %", "0", "x"})
  void isNothingElse(String text) {
    assertThatThrownBy(() -> Budget.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "80, 1000, 800",
    "33, 1001, 330",
    "1, 5, 1",
    "100, 9223372036854775807, 9223372036854775807",
    "50, 9223372036854775807, 4611686018427387903"
  })
  void aShareIsRoundedDownAndNeverOverflows(int percent, long total, long share) {
    assertThat(new Budget.Share(percent).of(total)).isEqualTo(share);
  }
}
