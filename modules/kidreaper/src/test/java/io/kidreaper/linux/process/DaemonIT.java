package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.NativeLibc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launches real daemons: shells that speak the pipe's protocol, and a JVM of ours. */
class DaemonIT {
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");
  private static final int SIGKILL = 9;

  @TempDir Path folder;

  @Test
  void aDaemonIsLaunchedWhenItSaysThatItIsReady() throws IOException {
    Path session = folder.resolve("session");
    Daemon.Launched launched =
        launch(
            "cut -d' ' -f1,6 /proc/self/stat > "
                + session
                + "; echo ready >&3; exec 3>&-; sleep 60");
    assertThat(launched).isInstanceOf(Daemon.Launched.Ready.class);
    int pid = ((Daemon.Launched.Ready) launched).pid();
    try {
      assertThat(Files.readString(session).strip()).endsWith(" " + pid);
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/0")).toString())
          .isEqualTo("/dev/null");
    } finally {
      end(pid);
    }
  }

  @Test
  void aReasonGivenIsTheReasonTold() {
    assertThat(launch("echo 'failed: cannot listen on unix:/x' >&3"))
        .isEqualTo(new Daemon.Launched.Failed("cannot listen on unix:/x"));
  }

  @Test
  void aDaemonThatDiesWithoutAWordIsAFailureWithItsStatus() {
    assertThat(launch("exit 7"))
        .isEqualTo(
            new Daemon.Launched.Failed("the daemon exited with status 7 before it was ready"));
    assertThat(launch("kill -KILL $$").toString()).contains("SIGKILL");
    assertThat(Daemon.launch(List.of("/no/such/program"), ENVIRONMENT).toString())
        .contains("cannot start the daemon", "ENOENT");
  }

  @Test
  void ourOwnCommandIsTheOneThatWeWereStartedBy() throws IOException {
    List<String> command = Daemon.ownCommand();
    assertThat(Path.of(command.getFirst())).isExecutable();
    assertThat(command.getFirst()).endsWith("/java");
    assertThat(command).doesNotContain("");
  }

  @Test
  void aJvmTellsItsLauncherAndThenLeavesItsTerminal() throws IOException {
    Path log = Files.createFile(folder.resolve("log"));
    Daemon.Launched launched =
        Daemon.launch(
            List.of(
                Daemon.ownCommand().getFirst(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DaemonMain.class.getName(),
                log.toString()),
            ENVIRONMENT);
    assertThat(launched).isInstanceOf(Daemon.Launched.Ready.class);
    int pid = ((Daemon.Launched.Ready) launched).pid();
    try {
      Awaitility.await().until(() -> Files.readString(log).contains("after ready"));
      assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/2"))).isEqualTo(log);
      assertThat(Path.of("/proc/" + pid + "/fd/3").toFile())
          .as("the pipe is let go")
          .satisfies(
              fd -> assertThat(fd.exists() && fd.getCanonicalPath().contains("pipe:")).isFalse());
    } finally {
      end(pid);
    }
  }

  private static Daemon.Launched launch(String script) {
    return Daemon.launch(List.of("/bin/sh", "-c", script), ENVIRONMENT);
  }

  private static void end(int pid) {
    NativeLibc libc = new NativeLibc();
    int pidfd = libc.pidfdOpen(pid);
    libc.pidfdSendSignal(pidfd, SIGKILL);
    libc.close(pidfd);
    assertThat(Output.await(pid)).isEqualTo(new ExitStatus.Signaled(SIGKILL, false));
  }
}
