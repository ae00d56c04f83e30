package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kidreaper reap}: one sweep over one pool, with everything said. */
@Command(
    name = "reap",
    sortOptions = false,
    header = "One sweep: retire the workers that are over a limit.",
    description = {
      "",
      "Reads the memory of every child of the manager, and asks those at or above the limit to"
          + " leave: one after another, idle ones first, then the largest, each followed until it"
          + " has left and a new one is in its place.",
      ""
    },
    optionListHeading = "Options:%n",
    footer = {
      "",
      "Sizes are bytes or K, M, G, T in powers of 1024: 150M, 1.5G, 150MiB.",
      "Durations are 500ms, 10s, 5m, 1h.",
      "",
      "Examples:",
      "  What would be done, and nothing else:",
      "    kidreaper reap --manager 4711 --limit 150M --dry-run",
      "  From a crontab, every five minutes:",
      "    */5 * * * *  kidreaper reap --pidfile /run/myapp.pid --limit 150M",
      "  Workers that answer requests of several minutes:",
      "    kidreaper reap --pidfile /run/php-fpm.pid --limit 200M --patience 10m",
      "  For a script:",
      "    kidreaper reap --manager 4711 --limit 150M --json",
      "",
      "docs/JSON.md describes the object that --json prints. The exit statuses are those that"
          + " 'kidreaper --help' lists."
    })
final class ReapCommand implements Callable<Integer> {
  private final SweepCommand sweep;

  @Spec private @Nullable CommandSpec spec;

  ReapCommand(SweepCommand sweep) {
    this.sweep = sweep;
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  private @Nullable ManagerOption manager;

  @Option(
      names = "--limit",
      required = true,
      paramLabel = "SIZE",
      description = "what one worker may cost; one at or above it has to go")
  private @Nullable ByteSize limit;

  @Option(
      names = "--measure",
      paramLabel = "MEASURE",
      defaultValue = "private",
      description = {
        "the number held against the limit:",
        "private  what the worker's exit gives back",
        "rss      all it has in RAM, shared pages in full",
        "pss      as rss, shared pages split among sharers",
        "vsz      all that is mapped, used or not",
        "(default: ${DEFAULT-VALUE})"
      })
  private Measure measure = Measure.PRIVATE;

  @Mixin private RetireOptions retire = new RetireOptions();

  @Option(
      names = "--pause",
      paramLabel = "TIME",
      defaultValue = "0s",
      description = "the least time between two signals (default: ${DEFAULT-VALUE})")
  private Duration pause = Duration.ZERO;

  @Option(names = "--dry-run", description = "say what would be done, and do nothing")
  private boolean dryRun;

  @Option(names = "--json", description = "print one JSON object instead of a table")
  private boolean json;

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      defaultValue = "auto",
      description =
          "where memory is read: proc, ps (rss and vsz only), or auto, which takes ps where"
              + " there is no /proc (default: ${DEFAULT-VALUE})")
  private Source source = Source.AUTO;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  @Override
  public Integer call() {
    ByteSize size = Objects.requireNonNull(limit);
    if (size.bytes() == 0) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "Invalid value for option '--limit': a limit of 0 would retire every worker");
    }
    return sweep.run(
        new SweepRequest(
            Objects.requireNonNull(manager).choice(),
            new Limit(measure, size.bytes()),
            retire.request(),
            pause,
            dryRun,
            source),
        json ? SweepCommand.Style.JSON : SweepCommand.Style.TABLE);
  }
}
