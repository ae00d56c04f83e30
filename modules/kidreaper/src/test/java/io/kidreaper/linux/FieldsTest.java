package io.kidreaper.linux;

import static io.kidreaper.linux.KernelText.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 7, 10, 4096, Integer.MAX_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE})
  void everyNumberThatFitsIsRead(long number) {
    assertThat(new Fields(bytes(" " + number + "\n"), 0).number(1)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808",
        "9223372036854775810",
        "18446744073709551615",
        "92233720368547758070",
        "100000000000000000000000000000"
      })
  void oneThatDoesNotFitIsRefusedAndNotWrapped(String number) {
    assertThatThrownBy(() -> new Fields(bytes(number + "\n"), 0).number(5))
        .isInstanceOf(MalformedProcFileException.class)
        .hasMessage("field 5 is too large");
  }

  @Test
  void aNumberAtTheVeryEndMayLackDigits() {
    assertThatThrownBy(() -> new Fields(bytes("12 34"), 3).number(2))
        .isInstanceOf(MalformedProcFileException.class)
        .hasMessage("cut short in field 2");
  }

  @Test
  void skippedFieldsMayHoldAnything() {
    Fields fields = new Fields(bytes("a -1 18446744073709551615 \u00ff\u00ff 5 "), 0);
    fields.skip(4);

    assertThat(fields.number(5)).isEqualTo(5);
    assertThat(fields.more()).isFalse();
  }

  @Test
  void aPidIsAtMostAnInt() {
    assertThat(new Fields(bytes("2147483647 "), 0).pid(1)).isEqualTo(Integer.MAX_VALUE);
    assertThatThrownBy(() -> new Fields(bytes("2147483648 "), 0).pid(1))
        .isInstanceOf(MalformedProcFileException.class);
  }
}
