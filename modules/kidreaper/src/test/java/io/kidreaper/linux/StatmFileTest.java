package io.kidreaper.linux;

import static io.kidreaper.linux.KernelText.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatmFileTest {
  private static final byte[] WORKER = bytes("3402 2956 117 1 0 2872 0\n");

  @Test
  void readsSizeAndResidentPages() {
    assertThat(StatmFile.parse(WORKER)).isEqualTo(new StatmFile(3402, 2956));
  }

  @Test
  void aZombieAndAKernelThreadHaveNoPages() {
    assertThat(StatmFile.parse(bytes("0 0 0 0 0 0 0\n"))).isEqualTo(new StatmFile(0, 0));
  }

  @Test
  void cutAnywhereItIsRefusedOrRight() {
    int accepted =
        KernelText.cutAnywhere(WORKER, StatmFile::parse, new StatmFile(3402, 2956)::equals);

    assertThat(accepted).isEqualTo(WORKER.length - "3402 2956 ".length());
  }

  @Test
  void whatAnEarlierLineLeftInTheBufferIsNotReadAgain() {
    byte[] buffer = bytes("17 123456789 1 1 1 1 1\n");

    assertThat(StatmFile.parse(buffer, 23)).isEqualTo(new StatmFile(17, 123456789));
    assertThatThrownBy(() -> StatmFile.parse(buffer, 6))
        .isInstanceOf(MalformedProcFileException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "12\n",
        "12 x 1 1 1 1 1\n",
        "-3 4 1\n",
        "12 -1 1\n",
        "9223372036854775808 1 1 1 1 1 1\n",
        "18446744073709551615 1 1 1 1 1 1\n",
        "1 18446744073709551617 1 1 1 1 1\n",
        "12\u00a034 1 1 1 1 1 1\n"
      })
  void whatIsNoStatmIsRefused(String text) {
    assertThatThrownBy(() -> StatmFile.parse(bytes(text)))
        .isInstanceOf(MalformedProcFileException.class);
  }
}
