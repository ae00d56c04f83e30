package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Measure;
import io.kidreaper.retire.Signal;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
  private static final int WIDTH = 80;

  private static Screen help(String... args) {
    Screen screen = Screen.plain();
    assertThat(screen.run(args)).isZero();
    assertThat(screen.err()).isEmpty();
    return screen;
  }

  private static CommandLine commands() {
    Terminal terminal = Screen.plain().terminal();
    Interruption never = Interruption.none();
    return Commands.line(terminal, never, new SweepCommand(terminal, never));
  }

  static Stream<String> everyCommand() {
    return Stream.concat(Stream.of(""), commands().getSubcommands().keySet().stream());
  }

  private static String helpOf(String command) {
    return command.isEmpty() ? help("--help").out() : help("help", command).out();
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void fitsInTheWidthOfATerminal(String command) {
    assertThat(helpOf(command).lines()).allMatch(line -> line.length() <= WIDTH);
  }

  /** A paragraph whose lines were broken twice has short lines in it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "reap", "retire", "doctor", "ctl"})
  void noLineIsBrokenBeforeItIsFull(String command) {
    List<String> lines = helpOf(command).lines().toList();
    for (int i = 0; i + 1 < lines.size(); i++) {
      String line = lines.get(i);
      String next = lines.get(i + 1);
      if (prose(line) && prose(next)) {
        String word = next.split(" ", 2)[0];
        assertThat(line.length() + 1 + word.length())
            .as("'%s' would fit behind '%s'", word, line)
            .isGreaterThanOrEqualTo(WIDTH);
      }
    }
  }

  private static boolean prose(String line) {
    return !line.isBlank()
        && line.charAt(0) != ' '
        && !line.endsWith(":")
        && !line.startsWith("Usage:")
        && !line.startsWith("One sweep:")
        && !line.startsWith("Retire one worker")
        && !line.startsWith("Ask a running pool")
        && !line.startsWith("Sizes");
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void mentionsEveryOption(String command) {
    CommandSpec spec =
        command.isEmpty()
            ? commands().getCommandSpec()
            : Objects.requireNonNull(commands().getSubcommands().get(command)).getCommandSpec();
    String text = helpOf(command);

    for (OptionSpec option : spec.options()) {
      assertThat(text).contains(option.names());
      assertThat(option.description()).as(option.longestName()).isNotEmpty();
    }
  }

  @Test
  void theFirstPageNamesEveryCommandAndExitStatus() {
    String text = helpOf("");

    assertThat(text).contains(commands().getSubcommands().keySet());
    for (int status : new int[] {0, 1, 2, 3, 4, 130}) {
      assertThat(text).containsPattern("(?m)^ +" + status + "  \\w");
    }
  }

  @Test
  void reapNamesEveryMeasureAndSignalAndItsDefaults() {
    String text = helpOf("reap");

    for (Measure measure : Measure.values()) {
      assertThat(text).containsPattern("(?m)^ +" + measure.word() + " +\\w");
    }
    for (Signal signal : Signal.values()) {
      assertThat(text).contains(signal.name());
    }
    assertThat(text).contains("(default: private)", "(default: auto)", "(default: 60s)");
  }

  @Test
  void bothWaysToAskForHelpGiveTheSame() {
    assertThat(help("reap", "--help").out()).isEqualTo(helpOf("reap"));
    assertThat(help("help").out()).isEqualTo(helpOf(""));
    assertThat(help("-h").out()).isEqualTo(helpOf(""));
  }

  @Test
  void theExamplesAreGoodCommandLines() {
    Stream.of("", "reap", "retire", "doctor", "ctl")
        .flatMap(command -> helpOf(command).lines())
        .map(String::strip)
        .filter(line -> line.matches("(\\*/5 .*)?kidreaper (reap|retire|doctor|ctl|\\d).*"))
        .map(line -> line.substring(line.indexOf("kidreaper ") + "kidreaper ".length()))
        .forEach(example -> assertThat(commands().parseArgs(example.split(" +"))).isNotNull());
  }

  @Test
  void withoutATerminalThereAreNoColours() {
    assertThat(helpOf("") + helpOf("reap")).doesNotContain("\u001b");

    Screen coloured = Screen.coloured();
    coloured.run("--help");
    assertThat(coloured.out().toLowerCase(Locale.ROOT)).contains("\u001b[");
  }
}
