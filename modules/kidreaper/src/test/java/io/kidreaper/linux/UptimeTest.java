package io.kidreaper.linux;

import static io.kidreaper.linux.KernelText.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UptimeTest {
  private static final byte[] TEXT = bytes("388.07 735.41\n");

  @Test
  void hundredthsAreTensOfMilliseconds() {
    assertThat(Uptime.parse(TEXT)).isEqualTo(388_070);
  }

  @Test
  void cutAnywhereItIsRefusedOrRight() {
    assertThat(KernelText.cutAnywhere(TEXT, Uptime::parse, value -> value == 388_070)).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "388\n", "388.0 1.00\n", "x.07 1.00\n", ".07 1.00\n", "1.070 1.00\n"})
  void whatIsNotInHundredthsIsRefused(String text) {
    assertThatThrownBy(() -> Uptime.parse(bytes(text)))
        .isInstanceOf(MalformedProcFileException.class);
  }
}
