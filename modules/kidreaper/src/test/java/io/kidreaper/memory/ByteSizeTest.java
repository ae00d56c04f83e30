package io.kidreaper.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "157286400, 157286400",
    "1.0, 1",
    "150M, 157286400",
    "150m, 157286400",
    "150MiB, 157286400",
    "150mib, 157286400",
    "150Mi, 157286400",
    "1K, 1024",
    "1.5K, 1536",
    "1.5G, 1610612736",
    "0.001K, 1",
    "2T, 2199023255552",
    "0T, 0",
    "9223372036854775807, 9223372036854775807",
    "8388607T, 9223370937343148032"
  })
  void readsBytesAndPowersOf1024(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "M",
        "150 M",
        " 150M",
        "150M ",
        "-1",
        "-5M",
        "+5M",
        "1,5G",
        "1.5",
        ".5G",
        "1.G",
        "1..5M",
        "1e6",
        "0x10",
        "150P",
        "150MM",
        "150iB",
        "150B",
        "150Mb/s",
        "\u0661M",
        "infinity"
      })
  void whatIsNoSizeIsRefusedWithAGoodExample(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("150M");
  }

  @ParameterizedTest
  @CsvSource({"150MB, 150M", "1.5gb, 1.5g", "1KB, 1K"})
  void aUnitThatMayBeDecimalIsRefusedWithWhatToWrite(String text, String better) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'")
        .hasMessageContaining("'" + better + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "18446744073709551615",
        "8388608T",
        "99999999999999999999999999T"
      })
  void moreThanFitsIsRefusedAndNotWrapped(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'" + text + "' is more memory than any machine has");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1023, 1023",
    "1024, 1.0K",
    "1536, 1.5K",
    "156866, 153.2K",
    "1048524, 1023.9K",
    "1048525, 1.0M",
    "1048576, 1.0M",
    "157286400, 150.0M",
    "1610612736, 1.5G",
    "1099511627776, 1.0T",
    "9223372036854775807, 8388608.0T"
  })
  void isShownWithOneDecimal(long bytes, String shown) {
    assertThat(new ByteSize(bytes)).hasToString(shown);
  }

  @Test
  void ordersByBytes() {
    assertThat(ByteSize.parse("1G")).isGreaterThan(ByteSize.parse("1023M"));
  }

  @Test
  void isNeverNegative() {
    assertThatThrownBy(() -> new ByteSize(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
