package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.Native;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Makes this JVM the one that orphans come to, as pid 1 is, for the time of a test. */
class OrphanReaperIT {
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  // int prctl(int option, ...);
  private static final MethodHandle PRCTL =
      Native.required(
          "prctl",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
          Linker.Option.firstVariadicArg(1));

  @BeforeEach
  void takeOrphans() throws Throwable {
    assertThat((int) PRCTL.invokeExact(Native.state(), PR_SET_CHILD_SUBREAPER, 1L)).isZero();
  }

  @AfterEach
  void leaveThemToOthers() throws Throwable {
    assertThat((int) PRCTL.invokeExact(Native.state(), PR_SET_CHILD_SUBREAPER, 0L)).isZero();
  }

  @Test
  void collectsTheOrphanAndLeavesWhoeverIsWatched() throws IOException {
    Output parent =
        Output.of(
            SpawnRequest.of(
                // It outlives its parent, which might collect it itself otherwise.
                List.of("sh", "-c", "sh -c 'sleep 1; exit 5' >&- 2>&- & echo $!"),
                List.of(),
                Map.of("PATH", "/usr/bin:/bin")));
    int orphan = Integer.parseInt(parent.out().strip());
    Spawned.Child ours =
        (Spawned.Child)
            Spawner.spawn(
                SpawnRequest.of(List.of("true"), List.of(), Map.of("PATH", "/usr/bin:/bin")));
    await().until(() -> isDead(orphan) && isDead(ours.pid()));

    OrphanReaper reaper = new OrphanReaper(pid -> pid == ours.pid());
    reaper.look();
    assertThat(isDead(orphan)).as("not at the first look").isTrue();
    assertThat(reaper.look()).isGreaterThanOrEqualTo(1);
    assertThat(Path.of("/proc/" + orphan)).doesNotExist();
    assertThat(Output.of(ours).status()).isEqualTo(new ExitStatus.Exited(0));
  }

  private static boolean isDead(int pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
  }
}
