package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineNowTest {
  private static final long MILLI = 1_000_000;

  @TempDir private Path root;
  private final AtomicLong nanos = new AtomicLong(-5 * MILLI);
  private FakeProc proc;

  @BeforeEach
  void make() {
    proc = new FakeProc(root);
    machine(100, 1_000);
  }

  private void machine(long uptimeSeconds, long swapUsedKb) {
    proc.file("uptime", "%d.50 7.00\n".formatted(uptimeSeconds));
    proc.file("meminfo", "SwapTotal: 5000 kB\nSwapFree: %d kB\n".formatted(5_000 - swapUsedKb));
  }

  @Test
  void whatWasReadAMomentAgoIsToldAgainAndThenReadAnew() {
    MachineNow machine = new MachineNow(proc.fs(), 50, nanos::get);
    assertThat(machine.uptimeMillis()).hasValue(100_500);
    assertThat(machine.swapUsedBytes()).hasValue(1_000 * 1024);

    machine(200, 2_000);
    nanos.addAndGet(49 * MILLI);
    assertThat(machine.uptimeMillis()).hasValue(100_500);
    assertThat(machine.swapUsedBytes()).hasValue(1_000 * 1024);

    nanos.addAndGet(MILLI);
    assertThat(machine.uptimeMillis()).hasValue(200_500);
    assertThat(machine.swapUsedBytes()).hasValue(2_000 * 1024);
  }

  @Test
  void keptForNoTimeItIsReadAtEachQuestion() {
    MachineNow machine = new MachineNow(proc.fs(), 0, nanos::get);
    assertThat(machine.uptimeMillis()).hasValue(100_500);
    machine(200, 2_000);
    assertThat(machine.uptimeMillis()).hasValue(200_500);
  }

  @Test
  void whatCannotBeReadIsEmpty() {
    proc.file("uptime", "soon\n");
    proc.file("meminfo", "MemTotal: 1 kB\n");
    MachineNow machine = new MachineNow(proc.fs(), 50, nanos::get);
    assertThat(machine.uptimeMillis()).isEmpty();
    assertThat(machine.swapUsedBytes()).isEmpty();
  }
}
