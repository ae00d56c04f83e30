package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemFactsTest {
  /** As this kernel hands it out, shortened: pairs of type and value. */
  private static final byte[] AUXV =
      words(33, 0x7fe69ce19000L, 51, 0x6f0, 16, 0x178bfbff, 6, 4096, 17, 100, 3, 0x40, 0, 0);

  @TempDir private Path root;

  @Test
  void readsPageSizeAndTicksFromWhatTheKernelGaveThisProcess() {
    FakeProc proc = new FakeProc(root);
    proc.file("self/auxv", AUXV);
    proc.file("sys/kernel/osrelease", "6.6.12-arch1-1\n");
    proc.file("stat", KernelText.file("two-cpus.stat"));

    assertThat(SystemFacts.read(proc.fs())).isEqualTo(new SystemFacts(4096, 100, 192 * 4096));
  }

  @Test
  void theNumberOfCpusIsNotAskedWhereItDoesNotMatter() {
    FakeProc proc = new FakeProc(root);
    proc.file("self/auxv", AUXV);
    proc.file("sys/kernel/osrelease", "6.18.44\n");

    assertThat(SystemFacts.read(proc.fs())).isEqualTo(new SystemFacts(4096, 100, 0));
  }

  @Test
  void theMachineItselfTellsThem() {
    SystemFacts facts = SystemFacts.read(new ProcFs(new NativeLibc(), Path.of("/proc")));

    assertThat(facts.pageBytes()).isIn(4096L, 16384L, 65536L);
    assertThat(facts.ticksPerSecond()).isBetween(1L, 10_000L);
    assertThat(facts.rssErrorBytes()).isNotNegative();
  }

  @Test
  void withoutThemNothingIsMeasured() {
    FakeProc proc = new FakeProc(root);
    assertThatThrownBy(() -> SystemFacts.read(proc.fs()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("self/auxv");
  }

  @Test
  void aVectorWithoutTheEntryOrCutShortIsRefused() {
    assertThat(SystemFacts.auxiliary(AUXV, 17)).isEqualTo(100);
    assertThatThrownBy(() -> SystemFacts.auxiliary(AUXV, 99))
        .isInstanceOf(IllegalStateException.class);
    for (int length = 0; length < AUXV.length; length++) {
      byte[] cut = Arrays.copyOf(AUXV, length);
      if (length < 64) {
        assertThatThrownBy(() -> SystemFacts.auxiliary(cut, 6))
            .as("cut after %d bytes", length)
            .isInstanceOf(IllegalStateException.class);
      } else {
        assertThat(SystemFacts.auxiliary(cut, 6)).isEqualTo(4096);
      }
    }
  }

  @Test
  void countsTheCpusThatAreOnline() {
    assertThat(SystemFacts.cpus(KernelText.file("two-cpus.stat"))).isEqualTo(2);
  }

  private static byte[] words(long... words) {
    ByteBuffer bytes = ByteBuffer.allocate(words.length * 8).order(ByteOrder.nativeOrder());
    Arrays.stream(words).forEach(bytes::putLong);
    return bytes.array();
  }
}
