package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExitStatusTest {
  @Test
  void readsTheKernelsStatusWord() {
    assertThat(ExitStatus.ofRaw(0x0000)).isEqualTo(new ExitStatus.Exited(0));
    assertThat(ExitStatus.ofRaw(0xff00)).isEqualTo(new ExitStatus.Exited(255));
    assertThat(ExitStatus.ofRaw(0x0009)).isEqualTo(new ExitStatus.Signaled(9, false));
    assertThat(ExitStatus.ofRaw(0x008b)).isEqualTo(new ExitStatus.Signaled(11, true));
  }

  @Test
  void saysItInWords() {
    assertThat(new ExitStatus.Exited(1).describe()).isEqualTo("exited with status 1");
    assertThat(new ExitStatus.Exited(127).describe()).contains("not found");
    assertThat(new ExitStatus.Signaled(11, true).describe())
        .isEqualTo("was ended by signal 11 (SIGSEGV) and dumped core");
    assertThat(new ExitStatus.Signaled(31, false).describe()).contains("31 (SIGSYS)");
    assertThat(new ExitStatus.Signaled(34, false).describe()).endsWith("signal 34");
  }

  @Test
  void onlyStatusZeroIsClean() {
    assertThat(new ExitStatus.Exited(0).isClean()).isTrue();
    assertThat(new ExitStatus.Exited(1).isClean()).isFalse();
    assertThat(new ExitStatus.Signaled(15, false).isClean()).isFalse();
    assertThat(new ExitStatus.Unknown().isClean()).isFalse();
  }
}
