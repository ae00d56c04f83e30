package io.kidreaper.linux;

import static io.kidreaper.linux.KernelText.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeminfoFileTest {
  @Test
  void aMachineWithoutSwapUsesNone() {
    assertThat(MeminfoFile.parse(KernelText.file("no-swap.meminfo"))).isEqualTo(new MeminfoFile(0));
  }

  @Test
  void usedIsTotalWithoutFree() {
    assertThat(MeminfoFile.parse(bytes("SwapTotal: 2097148 kB\nSwapFree:  1048572 kB\n")))
        .isEqualTo(new MeminfoFile(1048576L * 1024));
  }

  /** The two figures are not taken at one moment. */
  @Test
  void moreFreeThanThereIsMeansNoneUsed() {
    assertThat(MeminfoFile.parse(bytes("SwapTotal: 100 kB\nSwapFree: 104 kB\n")).swapUsedBytes())
        .isZero();
  }

  @Test
  void cutAnywhereItIsRefusedOrRight() {
    byte[] text =
        bytes("MemTotal: 1 kB\nSwapTotal: 2097148 kB\nSwapFree:  1048572 kB\nZswap: 0 kB\n");

    int accepted =
        KernelText.cutAnywhere(text, MeminfoFile::parse, new MeminfoFile(1048576L * 1024)::equals);

    assertThat(accepted).isEqualTo("Zswap: 0 kB\n".length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SwapTotal: 5 kB\n",
        "SwapFree: 5 kB\n",
        "SwapTotal: 5\nSwapFree: 5\n",
        "SwapTotal: 18446744073709551615 kB\nSwapFree: 0 kB\n",
        "SwapTotal: -5 kB\nSwapFree: -10 kB\n"
      })
  void unknownSwapIsNotNoSwap(String text) {
    assertThatThrownBy(() -> MeminfoFile.parse(bytes(text)))
        .isInstanceOf(MalformedProcFileException.class);
  }
}
