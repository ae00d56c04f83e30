package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands that cannot work, from the beginning or from some day on. */
class ManagedStartIT {
  static Stream<Arguments> commands() {
    return Stream.of(
        Arguments.of(List.of("no-such-program"), "there is no program \"no-such-program\""),
        Arguments.of(List.of("/etc/passwd"), "/etc/passwd is not executable; chmod"),
        Arguments.of(List.of("./loader"), "names the interpreter /no/such/loader, which does not"),
        Arguments.of(
            List.of("sh", "-c", "echo reading >&2; echo no config >&2; exit 3"),
            "exited with status 3; its last words: reading | no config"),
        Arguments.of(List.of("sh", "-c", "kill -SEGV $$"), "ended by signal 11 (SIGSEGV)"),
        Arguments.of(List.of("true"), "exited with status 0"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aCommandThatCannotWorkIsRefusedWithItsReason(List<String> command, String reason) {
    try (LinePool pool = LinePool.open()) {
      Path loader = pool.site().dir().write("loader", "#!/no/such/loader\n");
      assertThat(loader.toFile().setExecutable(true)).isTrue();

      Run run =
          pool.with("--chdir", pool.path("."), "--workers", 3, "--pidfile", pool.path("pid"))
              .running(command.toArray())
              .program()
              .run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.err().lines().toList().getLast()).startsWith("kidreaper: ").contains(reason);
      assertThat(secondsBetweenFirstAndLastLine(run.err())).isLessThan(10);
      assertThat(pool.socket()).doesNotExist();
      assertThat(pool.path("pid")).doesNotExist();
      assertThat(pool.marked()).isEmpty();
    }
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    try (LinePool pool = LinePool.open()) {
      Run run = pool.with("--chdir", "/no/such/folder").program().run();
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err()).contains("the folder /no/such/folder to run in does not exist");
    }
  }

  /** It worked, and then somebody broke it: never given up, and never a spin. */
  @Test
  void aWorkerThatFailsLaterIsTriedLessAndLessUntilItWorks() throws IOException {
    try (LinePool pool = LinePool.open()) {
      Path works = pool.site().dir().write("works", "");
      List<?> worker = pool.worker();
      LinePool.Running running =
          pool.running(
                  "sh",
                  "-c",
                  "test -e \"$1\" || { echo nothing works >&2; exit 4; }; shift; exec \"$@\"",
                  "sh",
                  works,
                  worker.get(0),
                  worker.get(1))
              .startReady(1);

      Files.delete(works);
      ProcessHandle.of(running.workers().getFirst()).ifPresent(ProcessHandle::destroyForcibly);
      running.awaitLog("failure 5 in a row");

      String log = running.log();
      assertThat(log)
          .contains("was ended by signal 9 (SIGKILL)")
          .contains("exited with status 4; its last words: nothing works; failure 5 in a row");
      List<Double> delays =
          Pattern.compile("failure [0-9]+ in a row, next start in ([0-9.]+) (ms|s)")
              .matcher(log)
              .results()
              .map(ManagedStartIT::seconds)
              .toList();
      // Each full delay is twice the one before, and chance takes up to half of it.
      assertThat(delays.get(4)).isBetween(2.0, 4.0);
      assertThat(delays.get(3)).isBetween(1.0, 2.0);
      assertThat(delays.stream().mapToDouble(it -> it).sum()).isGreaterThan(3.5);
      assertThat(running.isAlive()).isTrue();

      Files.createFile(works);
      running.signal("HUP");
      until(pool.site(), () -> running.log().contains("restart complete"));
      assertThat(pool.ask("pid")).startsWith(running.workers().getFirst() + " ");
    }
  }

  private static double seconds(java.util.regex.MatchResult delay) {
    double value = Double.parseDouble(delay.group(1));
    return delay.group(2).equals("s") ? value : value / 1000;
  }

  private static double secondsBetweenFirstAndLastLine(String log) {
    Matcher time = Pattern.compile("(?m)^....-..-..T..:(..):(..\\....)").matcher(log);
    double first = -1;
    double last = -1;
    while (time.find()) {
      last = Integer.parseInt(time.group(1)) * 60 + Double.parseDouble(time.group(2));
      first = first < 0 ? last : first;
    }
    return (last - first + 3600) % 3600;
  }
}
