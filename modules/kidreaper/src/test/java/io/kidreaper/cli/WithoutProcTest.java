package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A system whose /proc is empty, with real processes and the real ps. */
class WithoutProcTest {
  private final int self = (int) ProcessHandle.current().pid();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path emptyProc;

  @SuppressWarnings("NullAway.Init")
  private Process worker;

  @BeforeEach
  void startWorker() throws IOException {
    worker = new ProcessBuilder("sleep", "60").start();
  }

  @AfterEach
  void endWorker() throws InterruptedException {
    worker.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
  }

  @Test
  void psIsChosenByItself() {
    PoolAccess access = new PoolAccess(new NativeLibc(), emptyProc);

    assertThat(access.source(Source.AUTO)).isEqualTo(Source.PS);
    assertThat(new PoolAccess(new NativeLibc(), Path.of("/proc")).source(Source.AUTO))
        .isEqualTo(Source.PROC);
  }

  @Test
  void aPoolIsReadThroughPs() {
    PoolAccess access = new PoolAccess(new NativeLibc(), emptyProc);

    try (PoolAccess.Access.Open pool = open(access)) {
      assertThat(pool.source()).isEqualTo(Source.PS);
      assertThat(pool.pool().read(_ -> false))
          .isInstanceOfSatisfying(
              PoolReading.Read.class,
              read ->
                  assertThat(read.snapshot().members())
                      .extracting(member -> member.id().pid())
                      .contains((int) worker.pid()));
    }
  }

  /** Without a start time to the tick and a pidfd, the wrong process could be hit. */
  @Test
  void nothingCanBeSignalledThere() {
    PoolAccess access = new PoolAccess(new NativeLibc(), emptyProc);
    try (PoolAccess.Access.Open pool = open(access)) {
      Member member =
          ((PoolReading.Read) pool.pool().read(_ -> false))
              .snapshot().members().stream()
                  .filter(one -> one.id().pid() == worker.pid())
                  .findFirst()
                  .orElseThrow();
      ProcessId id = member.id();

      assertThat(pool.processes().open(id)).isInstanceOf(Processes.Opened.Refused.class);
      assertThat(worker.isAlive()).isTrue();
    }
  }

  @Test
  void procThatWasAskedForIsMissed() {
    PoolAccess access = new PoolAccess(new NativeLibc(), emptyProc);

    assertThat(access.open(new ManagerChoice.ByPid(self), Source.PROC))
        .isEqualTo(
            new PoolAccess.Access.Refused(
                "there is no " + emptyProc + " to read; try --source ps"));
  }

  private PoolAccess.Access.Open open(PoolAccess access) {
    return (PoolAccess.Access.Open) access.open(new ManagerChoice.ByPid(self), Source.AUTO);
  }
}
