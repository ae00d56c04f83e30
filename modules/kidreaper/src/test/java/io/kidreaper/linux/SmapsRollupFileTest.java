package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.memory.Rollup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmapsRollupFileTest {
  /** A child that wrote to 2 of 8 inherited MB, took 3 and gave 1 back by MADV_FREE. */
  private static final String FILE = "worker.smaps_rollup";

  private static final Rollup WORKER =
      new Rollup(
          11824 * 1024,
          8266 * 1024,
          460 * 1024,
          6212 * 1024,
          1024 * 1024,
          4128 * 1024,
          11356 * 1024,
          992 * 1024,
          0,
          0);

  @Test
  void readsEverySumInBytes() {
    assertThat(SmapsRollupFile.parse(KernelText.file(FILE))).isEqualTo(WORKER);
  }

  @Test
  void privateMemoryLeavesOutWhatIsTheKernelsToTake() {
    assertThat(SmapsRollupFile.parse(KernelText.file(FILE)).privateBytes())
        .isEqualTo((1024 + 4128 - 992) * 1024L);
  }

  @Test
  void swappedMemoryCounts() {
    Rollup rollup = SmapsRollupFile.parse(KernelText.fileWith(FILE, "Swap", "  2048 kB"));

    assertThat(rollup.swapBytes()).isEqualTo(2048 * 1024);
    assertThat(rollup.privateBytes()).isEqualTo(WORKER.privateBytes() + 2048 * 1024);
    assertThat(rollup.swapPssBytes()).as("SwapPss is another line than Swap").isZero();
  }

  @Test
  void anOlderKernelsFewerLinesDo() {
    byte[] linux419 =
        KernelText.fileWithout(
            FILE, "Pss_Dirty", "Pss_Anon", "Pss_File", "Pss_Shmem", "KSM", "FilePmdMapped");

    assertThat(SmapsRollupFile.parse(linux419)).isEqualTo(WORKER);
  }

  @Test
  void cutAnywhereItIsRefusedOrRight() {
    int accepted =
        KernelText.cutAnywhere(KernelText.file(FILE), SmapsRollupFile::parse, WORKER::equals);

    assertThat(accepted).as("only the line Locked is not wanted").isEqualTo(28);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Rss",
        "Pss",
        "Shared_Clean",
        "Shared_Dirty",
        "Private_Clean",
        "Private_Dirty",
        "Anonymous",
        "LazyFree",
        "Swap",
        "SwapPss"
      })
  void aMissingSumIsNeverNought(String key) {
    assertThatThrownBy(() -> SmapsRollupFile.parse(KernelText.fileWithout(FILE, key)))
        .isInstanceOf(MalformedProcFileException.class)
        .hasMessageContaining(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kB",
        "12",
        "12 MB",
        "twelve kB",
        "-12 kB",
        "1.5 kB",
        "9007199254740992 kB",
        "9223372036854775808 kB",
        "18446744073709551615 kB"
      })
  void aSumThatIsNoneIsRefused(String value) {
    assertThatThrownBy(
            () -> SmapsRollupFile.parse(KernelText.fileWith(FILE, "Private_Dirty", value)))
        .isInstanceOf(MalformedProcFileException.class)
        .hasMessageContaining("Private_Dirty");
  }

  @Test
  void theLargestSumIsRead() {
    byte[] text = KernelText.fileWith(FILE, "Rss", "9007199254740991 kB");

    assertThat(SmapsRollupFile.parse(text).rssBytes()).isEqualTo(9007199254740991L * 1024);
  }
}
