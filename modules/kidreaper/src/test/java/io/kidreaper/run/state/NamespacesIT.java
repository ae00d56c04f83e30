package io.kidreaper.run.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes a file system or a pid namespace of its own: a full disk, and a pid given twice. */
class NamespacesIT {
  @TempDir private Path parent;

  private static Program java(Class<?> main, Object... arguments) {
    return Program.of(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName())
        .and(arguments);
  }

  @Test
  void onAFullDiskOneWarningIsGivenAndTheStateIsWrittenWhenThereIsRoom() {
    Nobody.needsRoot();
    Run run =
        java(FullDiskMain.class, parent)
            .after(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o size=64k,mode=700 tmpfs \"$0\" && exec \"$@\"",
                parent)
            .run();
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out().lines())
        .as(run.toString())
        .satisfiesExactly(
            line -> assertThat(line).contains("cannot be written", "No space left"),
            line -> assertThat(line).isEqualTo("as before"),
            line -> assertThat(line).contains("written again"),
            line -> assertThat(line).isEqualTo("as it is"));
  }

  @Test
  void whoGetsADeadWorkersPidIsNotAdopted() {
    Nobody.needsRoot();
    Run run =
        java(PidReuseMain.class, parent)
            .after("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
            .run();
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out().lines())
        .as(run.toString())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("Adopted"),
            line -> assertThat(line).isEqualTo("the pid is given again"),
            line -> assertThat(line).startsWith("Nothing"));
  }
}
