package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  private final Screen screen = Screen.plain();

  /** What is wrong, and in the same breath what would be right. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reap --manager 1 --limit 12X              | --limit   | 150M",
        "reap --manager 1 --limit 150MB            | --limit   | '150M'",
        "reap --manager 1 --limit -5               | --limit   | 150M",
        "reap --manager 1 --limit 99999999999T     | --limit   | 99999999999T",
        "reap --manager 1 --limit 0                | --limit   | retire every worker",
        "reap --manager 1 --limit 1M --grace 10    | --grace   | 10s",
        "reap --manager 1 --limit 1M --pause soon  | --pause   | 10s",
        "reap --manager 1 --limit 1M --grace -1s   | --grace   | 10s",
        "reap --manager abc --limit 1M             | --manager | 4711",
        "reap --manager 0 --limit 1M               | --manager | 4711",
        "reap --manager 99999999999 --limit 1M     | --manager | 4711",
        "reap --manager 1 --limit 1M --measure uss | --measure | PRIVATE",
        "reap --manager 1 --limit 1M --signal STOP | --signal  | HUP",
        "reap --manager 1 --limit 1M --source disk | --source  | PROC",
        "reap --manager 1                          | --limit   | SIZE",
        "reap --limit 1M                           | --manager | --pidfile",
        "reap --manager 1 --pidfile x --limit 1M   | --manager | --pidfile",
        "reap --manager 1 --limit                  | --limit   | SIZE",
        "reap --manager 1 --limit 1M --at once     | --at      | BOUNDARY",
        "reap --manager 1 --limit 1M --patience 5  | --patience | 10s",
        "reap --manager 1 --limit 1M --escalate hm | --escalate | KILL",
        "retire                                    | PID       | PID",
        "retire abc                                | PID       | 4711",
        "retire 0                                  | PID       | 4711",
        "retire 5 --manager x                      | --manager | 4711",
        "retire 5 --signal STOP                    | --signal  | HUP",
        "ctl                                       | ask       | kidreaper ctl status",
        "ctl --name a/b status                     | --name    | shop-1",
        "doctor --manager x                        | --manager | 4711",
        "4711                                      | BYTES     | kidreaper 4711 157286400",
        "4711 0                                    | limit     | retire every worker",
        "4711 12X                                  | BYTES     | 150M",
        "0 100                                     | PPID      | 4711",
        "99999999999 100                           | PPID      | 4711",
        "''                                        | PPID      | 'reap'"
      })
  void aWrongWordIsNamedAndAGoodOneShown(String line, String argument, String good) {
    int status = screen.run(line.equals("") ? new String[] {} : line.split(" +"));

    assertThat(status).isEqualTo(2);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).startsWith("kidreaper: ").contains(argument).contains(good);
    assertThat(screen.err().lines().toList().getLast())
        .isEqualTo(
            line.matches("[a-z]+.*")
                ? "Try 'kidreaper " + line.split(" ", 2)[0] + " --help'."
                : "Try 'kidreaper --help'.");
    assertThat(screen.err()).doesNotContain("picocli").doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reap --manager 1 --limit 1M --frobnicate",
        "reap --manager 1 --limit 1M extra",
        "reap --manager 1 --limit 1M --lim 5",
        "4711 100 200",
        "--frobnicate",
        "raep --manager 1 --limit 1M"
      })
  void whatIsNotKnownIsNamed(String line) {
    String unknown =
        Stream.of("--frobnicate", "extra", "--lim", "200", "raep")
            .filter(word -> Arrays.asList(line.split(" ")).contains(word))
            .findFirst()
            .orElseThrow();

    assertThat(screen.run(line.split(" "))).isEqualTo(2);
    assertThat(screen.err()).startsWith("kidreaper: ").contains("'" + unknown + "'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ctl scale            | N",
        "ctl scale many       | N",
        "ctl scale -1         | -1",
        "ctl scale 10001      | 10001",
        "ctl limit 0          | retire every worker",
        "ctl limit 12X        | 150M",
        "ctl retire abc       | 4711",
        "ctl stop later       | 'now'",
        "ctl events -n -1     | -1",
        "ctl halt             | 'halt'",
        "ctl status --yaml    | --yaml",
      })
  void aWrongQuestionIsNotAsked(String line, String named) {
    assertThat(screen.run(line.split(" +"))).isEqualTo(2);
    assertThat(screen.err()).startsWith("kidreaper: ").contains(named, "Try 'kidreaper ctl");
  }

  @Test
  void anOptionThatIsNearlyRightIsGuessed() {
    assertThat(screen.run("reap", "--manager", "1", "--limt", "1M")).isEqualTo(2);
    assertThat(screen.err()).contains("--limit");
  }

  @ParameterizedTest
  @CsvSource({"HUP, private", "hup, PRIVATE", "SigTerm, Pss", "auto, RSS"})
  void signalsAndMeasuresAreReadInAnyCase(String signal, String measure) {
    int status =
        screen.run(
            "reap",
            "--manager",
            "2147483647",
            "--limit",
            "8T",
            "--signal",
            signal,
            "--measure",
            measure);

    assertThat(status).as("such a high pid is never given").isEqualTo(3);
    assertThat(screen.err()).isEqualTo("kidreaper: there is no process 2147483647\n");
  }

  @Test
  void theCronScriptsFormReachesTheSameEnd() {
    assertThat(screen.run("2147483647", "157286400")).isEqualTo(3);
    assertThat(screen.err()).isEqualTo("kidreaper: there is no process 2147483647\n");
    assertThat(screen.out()).isEmpty();
  }

  @Test
  void psIsAskedForNothingThatItDoesNotKnow() {
    int status = screen.run("reap", "--manager", "2147483647", "--limit", "1M", "--source", "ps");

    assertThat(status).isEqualTo(2);
    assertThat(screen.err()).contains("private").contains("--measure rss");
  }

  @Test
  void aPidfileThatIsNotThereIsNamed() {
    assertThat(screen.run("reap", "--pidfile", "/nowhere/x.pid", "--limit", "1M")).isEqualTo(3);
    assertThat(screen.err()).contains("/nowhere/x.pid").contains("no such file");
  }

  @Test
  void kidreaperItselfIsNoManager() {
    String self = Long.toString(ProcessHandle.current().pid());

    assertThat(screen.run("reap", "--manager", self, "--limit", "1M")).isEqualTo(3);
    assertThat(screen.err()).contains("kidreaper itself");
  }

  @Test
  void theVersionIsOneThatTheBuildWrote() {
    assertThat(screen.run("--version")).isZero();
    assertThat(screen.out().lines().findFirst())
        .hasValueSatisfying(
            line -> assertThat(line).matches("kidreaper \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"));
    assertThat(screen.err()).isEmpty();
  }
}
