package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts of a task under /proc. */
class TaskTextsTest {
  private static final String REST =
      " 100 100 0 -1 4194560 95 0 0 0 0 0 0 0 20 0 1 0 520123 2433024 246 18446744073709551615";

  @ParameterizedTest
  @ValueSource(strings = {"perl", "a) S (b", "new\nline", ") Z 1 ("})
  void aNameMayHoldAnything(String name) {
    assertThat(TaskStat.parse("4711 (" + name + ") D 1" + REST))
        .contains(new TaskStat('D', 1, 520123));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "4711 (x", "4711 (x) ", "4711 (x) S 1 2 3", "4711 (x) S one" + REST})
  void whatIsNotAStatIsUnread(String text) {
    assertThat(TaskStat.parse(text)).isEmpty();
  }

  @Test
  void aStatusTellsTracerUserAndSignals() {
    TaskStatus status =
        new TaskStatus(
            """
            Name:\tperl
            TracerPid:\t77
            Uid:\t33\t34\t33\t33
            ShdPnd:\t0000000000004000
            SigBlk:\tffffffffffffffff
            CapEff:\t0000000000080000
            """);

    assertThat(status.tracerPid()).hasValue(77);
    assertThat(status.effectiveUid()).hasValue(34);
    assertThat(status.pendingForProcess(15)).isTrue();
    assertThat(status.pendingForProcess(14)).isFalse();
    assertThat(status.blocks(64)).isTrue();
    assertThat(status.hasCapability(19)).isTrue();
    assertThat(status.hasCapability(21)).isFalse();
  }

  @Test
  void aLineThatIsMissingIsNoNumber() {
    assertThat(new TaskStatus("Name:\tx\n").tracerPid()).isEmpty();
    assertThat(new TaskStatus("TracerPid:\tmany\n").tracerPid()).isEmpty();
  }

  @Test
  void aBlockedCallIsRead() {
    assertThat(CallLine.parse("43 0x3 0x9 0x0 0x0 0x0 0x0 0x7ffd1000 0x7f3a2000\n"))
        .isEqualTo(new CallLine.InCall(43, 3, 9, 0x7f3a2000));
    assertThat(CallLine.parse("7 0xffffffffffffffff 0x0 0x0 0x0 0x0 0x0 0x7ffd1000 0x7f3a2000"))
        .isEqualTo(new CallLine.InCall(7, -1, 0, 0x7f3a2000));
  }

  @Test
  void whatIsInNoCallIsElsewhere() {
    assertThat(CallLine.parse("running\n")).isEqualTo(new CallLine.Elsewhere());
    assertThat(CallLine.parse("-1 0x7ffd1000 0x7f3a2000\n")).isEqualTo(new CallLine.Elsewhere());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "43", "43 0x3 x 0x0 0x0 0x0 0x0 0x0 zz"})
  void whatIsNotUnderstoodIsUnreadable(String line) {
    assertThat(CallLine.parse(line)).isEqualTo(new CallLine.Unreadable());
  }
}
