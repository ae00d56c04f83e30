package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kidreaper explain}: why a worker costs what it costs. */
@Command(
    name = "explain",
    sortOptions = false,
    header = "Say why a worker grew: copy-on-write, a leak, or neither.",
    description = {
      "",
      "Reads where a worker's memory sits, and what it grew by since a running 'kidreaper run' or"
          + " 'kidreaper watch' first looked at it. With --for it watches it, and takes what it grew by"
          + " apart into causes. With --requests it follows one worker from request to request and"
          + " says which of them grew it. Of a pool it takes the worker that grows fastest.",
      ""
    },
    optionListHeading = "Options:%n",
    parameterListHeading = "",
    footer = {
      "",
      "Query strings, headers and bodies of requests are neither shown nor kept, unless --query"
          + " asks for the first. A followed worker answers more slowly meanwhile"
          + " (docs/EXPLAIN.md says by how much), and runs on whatever becomes of kidreaper.",
      "",
      "Examples:",
      "  kidreaper explain 4712",
      "  kidreaper explain --manager 4711 --for 60s --limit 150M",
      "  kidreaper explain 4712 --requests 200 --html /tmp/worker.html",
      "",
      "Exit status: 0 explained, 1 it ended or could not be followed as asked, 2 wrong command"
          + " line, 3 it could not be read, 74 the page could not be written, 130 interrupted."
    })
final class ExplainCommand implements Callable<Integer> {
  private static final Duration USUAL_FOR_REQUESTS = Duration.ofSeconds(60);

  private final Explaining explaining;

  @Spec private @Nullable CommandSpec spec;

  ExplainCommand(Explaining explaining) {
    this.explaining = explaining;
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  private @Nullable Who who;

  /** One worker, or a pool. */
  static final class Who {
    @Parameters(
        index = "0",
        paramLabel = "PID",
        converter = Words.Pid.class,
        description = "the worker")
    private @Nullable Integer worker;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private @Nullable ManagerOption manager;

    ExplainRequest.Target target() {
      return worker == null
          ? new ExplainRequest.Target.Pool(Objects.requireNonNull(manager).choice())
          : new ExplainRequest.Target.Worker(worker);
    }
  }

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "watch so long; with --requests at most so long (then 60s without this)")
  private @Nullable Duration watch;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "follow one worker for so many requests, and say which grew it")
  private @Nullable Integer requests;

  @Option(
      names = "--limit",
      paramLabel = "SIZE",
      description = "say when it will meet this limit of private memory")
  private @Nullable ByteSize limit;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "where a running kidreaper has its control socket, which is asked what the worker was at"
              + " first (default: as of 'kidreaper ctl')")
  private @Nullable Path state;

  @Option(names = "--query", description = "tell requests apart by their query strings too")
  private boolean query;

  @Option(names = "--json", description = "print one JSON object instead of text")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "also write a page with charts, complete in itself, to a new file")
  private @Nullable Path html;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  @Override
  public Integer call() {
    if (requests != null && requests < 1) {
      throw wrong("--requests", "follow at least 1 request");
    }
    if (watch != null && watch.isZero()) {
      throw wrong("--for", "leave it out for a single reading");
    }
    Optional<Duration> time =
        watch == null && requests != null
            ? Optional.of(USUAL_FOR_REQUESTS)
            : Optional.ofNullable(watch);
    return explaining.run(
        new ExplainRequest(
            Objects.requireNonNull(who).target(),
            time,
            requests == null ? OptionalInt.empty() : OptionalInt.of(requests),
            limit == null ? OptionalLong.empty() : OptionalLong.of(limit.bytes()),
            Optional.ofNullable(state),
            query,
            json,
            Optional.ofNullable(html)));
  }

  private ParameterException wrong(String option, String why) {
    return new ParameterException(
        Objects.requireNonNull(spec).commandLine(),
        "Invalid value for option '" + option + "': " + why);
  }
}
