package io.kidreaper.cli;

import io.kidreaper.config.ConfigFault;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.retire.Signal;
import io.kidreaper.run.RunSettings;
import io.kidreaper.run.RunSettings.Readiness;
import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code kidreaper run}: the FastCGI process manager. */
@Command(
    name = "run",
    sortOptions = false,
    header = "Keep a pool of FastCGI workers: start, measure, replace them.",
    customSynopsis = "kidreaper run --listen ADDRESS [OPTION...] [--] COMMAND [ARG...]",
    description = {
      "",
      "Opens the socket, starts N workers of any FastCGI program on it (their descriptor 0), and"
          + " keeps N of them ready. A worker that has to go is replaced first: the new one starts,"
          + " is seen ready, and only then the old one leaves, between two of its requests.",
      ""
    },
    optionListHeading = "Options:%n",
    parameterListHeading = "",
    footer = {
      "",
      "Signals to kidreaper:",
      "  TERM, INT    stop: workers leave after the request they are at; a second one: at once",
      "  HUP          replace all workers, at full capacity",
      "  TTIN, TTOU   one worker more, one fewer",
      "  USR1         open the log file anew",
      "  USR2         start this command anew and hand the pool over to it",
      "",
      "Examples:",
      "  kidreaper run --listen unix:/run/app.sock --workers 5 -- perl app.fcgi",
      "  kidreaper run --listen 127.0.0.1:9000 --workers 8 --limit 150M -- php-cgi",
      "  kidreaper run --http 8080 -- perl app.fcgi        (no web server needed)",
      "  kidreaper run --config kidreaper.toml --name shop",
      "",
      "Exit status: 0 stopped when asked to, 1 the pool could not be started, 2 wrong command line."
    })
final class RunCommand implements Callable<Integer> {
  private static final Duration HARD_DEADLINE = Duration.ofSeconds(10);

  private final ManagedRun run;
  private final Later later;

  @Spec private @Nullable CommandSpec spec;

  RunCommand(ManagedRun run, Later later) {
    this.run = run;
    this.later = later;
  }

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "take what is not said here from its [pool.NAME] with a command, in TOML; --name says"
              + " which, where there are several")
  private @Nullable Path config;

  @Mixin private ListenFlags listen = new ListenFlags();

  @Option(
      names = {"-n", "--workers"},
      paramLabel = "N",
      description = "how many workers are to be ready (default: 2)")
  private int workers = 2;

  @Mixin private LimitFlags limits = new LimitFlags();

  @Mixin private HttpFlags http = new HttpFlags();

  @Mixin private WorkerFlags worker = new WorkerFlags();

  @Option(
      names = "--ready",
      paramLabel = "boundary|immediately",
      defaultValue = "boundary",
      description =
          "what makes a new worker count as ready: it was seen waiting for a request, or it was"
              + " started (default: ${DEFAULT-VALUE})")
  private Readiness ready = Readiness.BOUNDARY;

  @Option(
      names = "--signal",
      paramLabel = "SIGNAL",
      defaultValue = "TERM",
      description =
          "by which a worker is asked to leave, between two requests: TERM, HUP, INT, QUIT, USR1,"
              + " USR2 or KILL (default: ${DEFAULT-VALUE})")
  private Signal signal = Signal.TERM;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "how long a worker that should go may take to end its requests before it is left in"
              + " peace for a while (default: ${DEFAULT-VALUE})")
  private Duration patience = Duration.ofSeconds(30);

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "10s",
      description =
          "how long it may take to leave after its signal before it is killed, between two"
              + " requests too (default: ${DEFAULT-VALUE})")
  private Duration grace = Duration.ofSeconds(10);

  @Option(
      names = "--stop-timeout",
      paramLabel = "TIME",
      defaultValue = "60s",
      description =
          "how long a stop waits for requests before it cuts them (default: ${DEFAULT-VALUE})")
  private Duration stopTimeout = Duration.ofSeconds(60);

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "of the pool (default: after the program)")
  private @Nullable PoolName name;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "where the pool's state, lock and control socket are (default: /run/kidreaper for root)")
  private @Nullable Path state;

  @Option(
      names = "--takeover",
      description = "go on with the pool of a running kidreaper of the same name, which then ends")
  private boolean takeOver;

  @Option(names = "--pidfile", paramLabel = "FILE", description = "where kidreaper writes its pid")
  private @Nullable Path pidfile;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "where kidreaper's and its workers' words go (default: standard error)")
  private @Nullable Path log;

  @Option(
      names = "--daemon",
      description =
          "go into the background once the workers are ready; until then wait, and say what went"
              + " wrong")
  private boolean daemon;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "the program and its arguments")
  private List<String> command = new ArrayList<>();

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    if (config != null) {
      return configured(config, self);
    }
    try {
      ManagedRun runs = run;
      RunSettings settings = settings();
      Optional<Path> logFile = Optional.ofNullable(log).map(Path::toAbsolutePath);
      Optional<HttpFlags.Http> gateway = http.http();
      boolean background = daemon;
      // Without a reference to this command, and so to picocli.
      later.put(() -> runs.run(settings, logFile, gateway, background));
      return ExitStatus.DONE;
    } catch (TypeConversionException e) {
      throw new ParameterException(self.commandLine(), e.getMessage(), e);
    }
  }

  private int configured(Path file, CommandSpec self) {
    Map<String, List<String>> said = new LinkedHashMap<>();
    for (OptionSpec option : self.commandLine().getParseResult().matchedOptions()) {
      String key = ConfigKeys.key(option);
      if (!key.equals("config")) {
        said.put(key, option.originalStringValues());
      }
    }
    try {
      return ConfiguredRun.fill(
              file.toAbsolutePath(),
              new RunCommand(run, later),
              Optional.ofNullable(name),
              said,
              command)
          .call();
    } catch (ConfigFault e) {
      throw ConfiguredRun.wrong(self.commandLine(), e);
    }
  }

  private RunSettings settings() {
    if (command.isEmpty()) {
      throw new TypeConversionException(
          "say what to run, for example: kidreaper run --listen unix:/run/app.sock -- perl app.fcgi");
    }
    if (workers < 1 || workers > 10_000) {
      throw new TypeConversionException(
          "--workers " + workers + " is not a number from 1 to 10000");
    }
    PolicySettings policy = limits.settings();
    ManagedRun.refuseWhatCannotBeCounted(policy);
    PoolName poolName = Optional.ofNullable(name).orElseGet(() -> DefaultName.of(command));
    return new RunSettings(
        poolName,
        run.addresses(
            listen.addresses(),
            takeOver,
            http.http().map(_ -> run.ownSocket(Optional.ofNullable(state), poolName))),
        listen.options(),
        workers,
        worker.command(command),
        ready,
        signal,
        patience,
        grace,
        stopTimeout,
        policy,
        limits.every(),
        HARD_DEADLINE,
        Optional.ofNullable(pidfile).map(Path::toAbsolutePath),
        run.stateFolder(Optional.ofNullable(state)),
        run.takesOver(takeOver));
  }
}
