package io.kidreaper.cli;

import io.kidreaper.control.ControlCommand;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code kidreaper ctl}: asks a running pool. */
@Command(
    name = "ctl",
    sortOptions = false,
    header = "Ask a running pool how it is, and have it changed.",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "",
      "Speaks to a 'kidreaper run' or 'kidreaper watch' of the same user over its control"
          + " socket. With one of them"
          + " running, --name may be left out.",
      ""
    },
    optionListHeading = "Options:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  kidreaper ctl status",
      "  kidreaper ctl --name shop scale 8",
      "  kidreaper ctl --name shop events --follow",
      "  kidreaper ctl --name watch resume shop",
      "",
      "Exit status: 0 done, 1 refused or not answered, with the reason, 2 wrong command line,"
          + " 69 no such pool is running."
    })
final class CtlCommand implements Callable<Integer> {
  private static final int MOST_WORKERS = 10_000;

  private final Ctl ctl;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      scope = ScopeType.INHERIT,
      converter = Name.class,
      description = "of the pool (default: the one that runs)")
  private @Nullable PoolName name;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      scope = ScopeType.INHERIT,
      description = "the pool's control socket, instead of its name")
  private @Nullable Path socket;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description =
          "where pools have their control sockets (default: /run/kidreaper for root,"
              + " $XDG_RUNTIME_DIR/kidreaper or /tmp/kidreaper-UID for others)")
  private @Nullable Path state;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  CtlCommand(Ctl ctl) {
    this.ctl = ctl;
  }

  /** Reads a pool's name. */
  static final class Name implements ITypeConverter<PoolName> {
    @Override
    public PoolName convert(String word) {
      try {
        return new PoolName(word);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() {
    throw wrong("say what to ask, for example: kidreaper ctl status");
  }

  @Command(name = "status", header = "How the pool and each of its workers is.")
  int status(
      @Option(names = "--json", description = "print JSON instead of a table") boolean json) {
    return ctl.status(target(), json);
  }

  @Command(name = "restart", header = "Replace all workers, at full capacity.")
  int restart() {
    return ctl.act(target(), new ControlCommand.Restart());
  }

  @Command(name = "retire", header = "Replace one worker, between two of its requests.")
  int retire(
      @Parameters(
              paramLabel = "PID",
              converter = Words.Pid.class,
              description = "a worker of the pool")
          int worker) {
    return ctl.act(target(), new ControlCommand.Retire(worker));
  }

  @Command(name = "scale", header = "Have so many workers from now on.")
  int scale(@Parameters(paramLabel = "N", description = "workers to be ready") int workers) {
    if (workers < 0 || workers > MOST_WORKERS) {
      throw wrong("'" + workers + "' is not a number of workers from 0 to " + MOST_WORKERS);
    }
    return ctl.act(target(), new ControlCommand.Scale(workers));
  }

  @Command(name = "limit", header = "Change what one worker may cost.")
  int limit(
      @Parameters(paramLabel = "SIZE", description = "bytes, or a size such as 150M") ByteSize size,
      @Parameters(
              paramLabel = "POOL",
              arity = "0..1",
              description = "of a watch that has several (default: all)")
          Optional<String> pool) {
    if (size.bytes() == 0) {
      throw wrong("a limit of 0 bytes would retire every worker");
    }
    return ctl.act(target(), new ControlCommand.SetLimit(size, pool));
  }

  @Command(name = "pause", header = "Measure a watched pool, and retire nobody.")
  int pause(
      @Parameters(
              paramLabel = "POOL",
              arity = "0..1",
              description = "of a watch that has several (default: all)")
          Optional<String> pool) {
    return ctl.act(target(), new ControlCommand.Pause(pool));
  }

  @Command(name = "resume", header = "Act on a paused or frozen pool again.")
  int resume(
      @Parameters(
              paramLabel = "POOL",
              arity = "0..1",
              description = "of a watch that has several (default: all)")
          Optional<String> pool) {
    return ctl.act(target(), new ControlCommand.Resume(pool));
  }

  @Command(name = "reload", header = "Have a watch read its configuration again.")
  int reload() {
    return ctl.act(target(), new ControlCommand.Reload());
  }

  @Command(name = "stop", header = "End the pool, after the requests that its workers are at.")
  int stop(
      @Parameters(
              paramLabel = "now",
              arity = "0..1",
              description = "end it at once, whatever its workers do")
          Optional<String> now) {
    if (now.isPresent() && !now.get().equals("now")) {
      throw wrong("'" + now.get() + "' is not known; only 'now' may follow stop");
    }
    return ctl.act(target(), new ControlCommand.Stop(now.isPresent()));
  }

  @Command(name = "events", header = "What has happened, and happens.")
  int events(
      @Option(
              names = {"-n", "--last"},
              paramLabel = "N",
              defaultValue = "20",
              description = "so many of the latest (default: ${DEFAULT-VALUE})")
          int last,
      @Option(
              names = "--follow",
              description = "go on with those to come, until Ctrl-C or the pool's end")
          boolean follow,
      @Option(names = "--json", description = "print JSON, one object a line") boolean json) {
    if (last < 0) {
      throw wrong("'" + last + "' is not a number of events; write 0 or more");
    }
    return ctl.events(target(), new ControlCommand.Events(last, follow), json);
  }

  private CtlTarget target() {
    if (socket != null && (name != null || state != null)) {
      throw wrong("--socket says all; leave out --name and --state");
    }
    return new CtlTarget(
        Optional.ofNullable(name), Optional.ofNullable(socket), Optional.ofNullable(state));
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), sentence);
  }
}
