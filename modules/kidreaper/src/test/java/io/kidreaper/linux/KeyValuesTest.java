package io.kidreaper.linux;

import static io.kidreaper.linux.KernelText.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyValuesTest {
  private final KeyValues lines =
      new KeyValues(bytes("First:\t1 kB\nPss_Anon: 2 kB\nPss:  3 kB\nEmpty:\nLast: 4 kB"));

  @Test
  void findsTheFirstAndAnyLineByItsWholeName() {
    assertThat(lines.kilobytes("First")).hasValue(1024);
    assertThat(lines.kilobytes("Pss")).hasValue(3072);
    assertThat(lines.value("Empty")).contains("");
  }

  @Test
  void aPartOfANameIsNoName() {
    assertThat(lines.value("irst")).isEmpty();
    assertThat(lines.value("Anon")).isEmpty();
    assertThat(lines.value("Ps")).isEmpty();
    assertThat(lines.value("")).isEmpty();
  }

  @Test
  void aLineWithoutItsEndIsNotBelieved() {
    assertThat(lines.value("Last")).isEmpty();
    assertThat(lines.kilobytes("Last")).isEmpty();
  }
}
