package io.kidreaper.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DutyTest {
  private final AtomicInteger exits = new AtomicInteger();
  private final Duty duty =
      new Duty(
          ProcManager.builder().name("test").stateFolder(Path.of("/nowhere")).settings(),
          Map.of(),
          exits::incrementAndGet);

  @Test
  void anIdleWorkerLeavesAtOnce() {
    duty.leave();
    assertThat(exits).hasValue(1);
  }

  @Test
  void aWorkerWithRequestsLeavesAfterTheLastOfThem() {
    duty.begin();
    duty.begin();
    duty.leave();
    duty.end();
    assertThat(exits).hasValue(0);
    duty.end();
    assertThat(exits).hasValue(1);
  }

  @Test
  void whoIsNotToldToLeaveStays() {
    duty.begin();
    duty.end();
    assertThat(exits).hasValue(0);
  }
}
