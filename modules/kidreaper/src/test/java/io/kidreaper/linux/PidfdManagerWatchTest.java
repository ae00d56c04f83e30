package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.ProcessId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The manager is lost when it ends, when its pid is another's, or when its pidfile names another.
 */
class PidfdManagerWatchTest {
  private final Libc libc = new NativeLibc();
  private final ProcFs proc = new ProcFs(libc, Path.of("/proc"));
  private final LinuxProcesses processes = new LinuxProcesses(libc, proc, SystemFacts.read(proc));
  private Process process;
  private int pid;

  @BeforeEach
  void startManager() throws IOException {
    process = new ProcessBuilder("cat").start();
    pid = Math.toIntExact(process.pid());
  }

  @AfterEach
  void endManager() {
    process.destroyForcibly();
  }

  private ProcessId id() {
    return proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)
        ? new ProcessId(pid, stat.startTicks())
        : new ProcessId(pid, 0);
  }

  @Test
  void aManagerThatEndsIsLost() throws Exception {
    try (var watch = new PidfdManagerWatch(processes, id(), () -> OptionalInt.of(pid))) {
      assertThat(watch.lost()).isEmpty();

      process.getOutputStream().close();
      process.waitFor();

      assertThat(watch.lost()).hasValue("the manager, process " + pid + ", has ended");
    }
  }

  @Test
  void oneThatEndedBeforeItWasFirstAskedForIsLost() throws Exception {
    try (var watch = new PidfdManagerWatch(processes, id(), () -> OptionalInt.of(pid))) {
      process.getOutputStream().close();
      process.waitFor();

      assertThat(watch.lost()).hasValue("the manager, process " + pid + ", has ended");
    }
  }

  @Test
  void aSuccessorOfTheSamePidIsNotTheManager() {
    ProcessId earlier = new ProcessId(pid, id().startTicks() - 1);
    try (var watch = new PidfdManagerWatch(processes, earlier, () -> OptionalInt.of(pid))) {
      assertThat(watch.lost()).hasValue("the manager, process " + pid + ", has ended");
    }
  }

  @Test
  void aPidfileThatNamesAnotherProcessMeansAnotherManager() {
    try (var watch = new PidfdManagerWatch(processes, id(), () -> OptionalInt.of(4711))) {
      assertThat(watch.lost()).hasValue("the pidfile now names process 4711 instead of " + pid);
    }
  }

  @Test
  void aPidfileThatIsAwayForAMomentMeansNothing() {
    try (var watch = new PidfdManagerWatch(processes, id(), OptionalInt::empty)) {
      assertThat(watch.lost()).isEmpty();
    }
  }
}
