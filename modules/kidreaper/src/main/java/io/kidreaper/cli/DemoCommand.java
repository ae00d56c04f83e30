package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.show.Audience;
import io.kidreaper.show.PlainLines;
import io.kidreaper.show.Screen;
import io.kidreaper.show.Show;
import io.kidreaper.show.ShowResult;
import io.kidreaper.show.ShowSettings;
import io.kidreaper.show.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The whole story in half a minute, with nothing installed. */
@Command(
    name = "demo",
    sortOptions = false,
    optionListHeading = "Options:%n",
    customSynopsis = "Usage: kidreaper demo [--for TIME] [--plain] [--against-signal]",
    description = {
      "Shows a pool of leaking workers being kept within its limit, in half a minute.",
      "",
      "Starts a few small FastCGI workers (Java, built in) that leak as they serve, asks them over"
          + " HTTP on the loopback address, checks every byte of every answer, and replaces each"
          + " worker that reaches the limit. Ends by itself and leaves nothing behind.",
      ""
    },
    footer = {
      "",
      "Exit status: 0 no request was lost, and no worker was seen larger than the limit and what"
          + " the fastest one grew by until it was replaced (they are measured every 0.5 s and"
          + " replaced one by one, for which a second each is allowed); 1 otherwise; 2 wrong"
          + " command line."
    })
final class DemoCommand implements Callable<Integer> {
  private static final Duration USUAL = Duration.ofSeconds(30);
  private static final Duration USUAL_EACH = Duration.ofSeconds(12);

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "how long (default: 30s; with --against-signal 12s for each)")
  private @Nullable Duration duration;

  @Option(
      names = {"-n", "--workers"},
      paramLabel = "N",
      description = "how many workers, 1 to 16 (default: ${DEFAULT-VALUE})")
  private int workers = 4;

  @Option(
      names = "--limit",
      paramLabel = "SIZE",
      defaultValue = "64M",
      description = "what each may have (default: ${DEFAULT-VALUE})")
  private @Nullable ByteSize limit;

  @Option(names = "--plain", description = "lines of a log in place of a picture")
  private boolean plain;

  @Option(
      names = "--against-signal",
      description =
          "compare, one after the other: kidreaper, a plain signal at the limit, and a hard memory"
              + " limit; the workers do not care for signals, as most programs do not")
  private boolean against;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  DemoCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ShowSettings settings = settings();
    AtomicBoolean enough = new AtomicBoolean();
    SignalInbox.open("INT", "TERM", "HUP")
        .obey(
            Map.of(
                "INT", () -> enough.set(true),
                "TERM", () -> enough.set(true),
                "HUP", () -> enough.set(true)));
    Audience audience =
        terminal.live() && !plain
            ? new Screen(terminal.err(), terminal.colours())
            : new PlainLines(terminal.out());
    Show show = new Show(settings, audience, environment, enough::get);
    return against ? compare(show, enough) : one(show);
  }

  private ShowSettings settings() throws InterruptedException {
    if (workers < 1 || workers > 16) {
      throw wrong("--workers " + workers + " is not a number from 1 to 16");
    }
    Duration asked = duration == null ? against ? USUAL_EACH : USUAL : duration;
    if (asked.compareTo(Duration.ofSeconds(1)) < 0 || asked.compareTo(Duration.ofHours(1)) > 0) {
      throw wrong("--for takes a time from 1s to 1h");
    }
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String classPath = System.getProperty("java.class.path");
    return new ShowSettings(
        asked,
        workers,
        Objects.requireNonNull(limit),
        java,
        classPath,
        WorkerCache.ready(
            java,
            classPath,
            () -> terminal.complain("making the workers' start-up cache, this once...")));
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), sentence);
  }

  private int one(Show show) throws IOException, InterruptedException {
    return switch (show.one()) {
      case Show.Outcome.Failed(String reason) -> failed(reason);
      case Show.Outcome.Shown(ShowResult result) -> {
        DemoSummary.of(result).forEach(terminal.out()::println);
        yield result.lostNothing() && result.keptLimit() ? ExitStatus.DONE : ExitStatus.INCOMPLETE;
      }
    };
  }

  private int compare(Show show, AtomicBoolean enough) throws IOException, InterruptedException {
    List<ShowResult> results = new ArrayList<>();
    for (Way way : Way.values()) {
      if (enough.get()) {
        break;
      }
      switch (show.against(way)) {
        case Show.Outcome.Failed(String reason) -> {
          return failed(reason);
        }
        case Show.Outcome.Shown(ShowResult result) -> results.add(result);
      }
    }
    DemoSummary.compare(results).forEach(terminal.out()::println);
    boolean good =
        results.stream()
            .filter(it -> it.way() == Way.BOUNDARY)
            .allMatch(it -> it.lostNothing() && it.keptLimit());
    return good ? ExitStatus.DONE : ExitStatus.INCOMPLETE;
  }

  private int failed(String reason) {
    terminal.complain("the demo's workers did not start: " + reason);
    return ExitStatus.INCOMPLETE;
  }
}
