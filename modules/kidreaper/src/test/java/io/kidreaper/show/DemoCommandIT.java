package io.kidreaper.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.demo.DemoWorker;
import io.kidreaper.testbed.ProcessInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code kidreaper demo} as a newcomer calls it. */
class DemoCommandIT {
  private static final Duration BOUND = Duration.ofMinutes(2);

  private long foldersBefore;

  @BeforeEach
  void count() throws IOException {
    foldersBefore = folders();
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    assertThat(folders()).isEqualTo(foldersBefore);
    assertThat(workers()).isEmpty();
  }

  @Test
  void withoutATerminalItTellsInLinesAndLosesNothing() {
    Run run = demo("--for", "12s", "--limit", "40M").run();

    assertThat(run.status()).as("%s", run).isZero();
    assertThat(answered(run)).isGreaterThan(100);
    assertThat(run.out())
        .contains(" 0 lost.")
        .containsPattern(
            "worker \\d+ retires \\(private limit 40.0M reached: .*between two requests")
        .containsPattern("\\d+ reached 40.0M and were replaced")
        .doesNotContain("\u001b");
  }

  @Test
  void onATerminalItDrawsOnePictureOverTheOther() {
    Run run =
        Program.of("script", "-qec", Kidreaper.ROOT + "/kidreaper demo --for 3s", "/dev/null")
            .with("PATH", Kidreaper.pathWithoutMaven())
            .within(BOUND)
            .run();

    assertThat(run.status()).as("%s", run).isZero();
    assertThat(run.out())
        .contains("\u001b[")
        .contains("█")
        .contains("^ limit 64.0M")
        .contains(" 0 lost.");
    assertThat(run.out().lines().map(line -> line.replaceAll("\u001b\\[[0-9;]*[A-Za-z]|\r", "")))
        .allMatch(
            line -> line.length() < 80 || line.contains("requests in") || line.contains("limit"));
  }

  @Test
  void anOrdinaryUserMaySeeItToo() {
    Nobody.needsRoot();
    Run run =
        demo("--for", "3s", "--plain")
            .after(
                "setpriv",
                "--reuid=" + Nobody.USER_ID,
                "--regid=" + Nobody.USER_ID,
                "--clear-groups")
            .run();

    assertThat(run.status()).as("%s", run).isZero();
    assertThat(run.out()).contains(" 0 lost.");
  }

  @Test
  void endedInTheMiddleItSaysWhatItCameTo() {
    Run run = demo("--for", "1m").after("timeout", "--signal=INT", "8").run();

    assertThat(run.out())
        .as("%s", run)
        .contains(" 0 lost.")
        .contains("It was ended before its time.");
  }

  @Test
  void comparedWithASignalAndAHardLimitOnlyKidreaperLosesNothing() {
    Run run = demo("--against-signal", "--for", "8s", "--limit", "36M").run();

    assertThat(run.status()).as("%s", run).isZero();
    List<String> rows =
        run.out().lines().filter(line -> line.matches("(retired by|plain|hard).*\\d+ ms")).toList();
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0)).matches("retired by kidreaper +[0-9,]+ +0 +[1-9].*");
    assertThat(rows.get(1)).startsWith("plain TERM");
    assertThat(rows.get(2)).startsWith("hard memory limit");
  }

  @Test
  void aWrongTimeIsRefused() {
    Run run = demo("--for", "0s").run();

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--for takes a time from 1s to 1h");
  }

  private static Program demo(Object... arguments) {
    return Kidreaper.with(Stream.concat(Stream.of("demo"), Stream.of(arguments)).toArray())
        .within(BOUND);
  }

  private static long answered(Run run) {
    Matcher matcher = Pattern.compile("([0-9,]+) answered whole").matcher(run.out());
    assertThat(matcher.find()).as("%s", run).isTrue();
    return Long.parseLong(matcher.group(1).replace(",", ""));
  }

  private static long folders() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(path -> path.getFileName().toString().startsWith("kidreaper-demo")).count();
    }
  }

  private static List<Integer> workers() {
    return ProcessInfo.all().stream()
        .filter(ProcessInfo::isAlive)
        .filter(process -> process.commandLine().contains(DemoWorker.class.getName()))
        .map(ProcessInfo::pid)
        .toList();
  }
}
