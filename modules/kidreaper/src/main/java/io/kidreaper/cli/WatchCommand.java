package io.kidreaper.cli;

import io.kidreaper.config.ConfigFault;
import io.kidreaper.run.state.PoolName;
import io.kidreaper.watch.AttachedSettings;
import io.kidreaper.watch.Whereabouts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code kidreaper watch}: pools that others manage, for months. */
@Command(
    name = "watch",
    sortOptions = false,
    header = "Watch pools that other managers keep, and retire what grows.",
    customSynopsis = {
      "kidreaper watch --pidfile FILE --limit SIZE [OPTION...]",
      "      kidreaper watch --config FILE"
    },
    description = {
      "",
      "Measures the workers of a pool every second, and asks those that cost too much to leave,"
          + " between two requests, one after another, each followed until another is in its place."
          + " With --config, of many pools at once. It stays in the foreground, as supervisors want"
          + " it; its end leaves all workers as they are.",
      ""
    },
    optionListHeading = "Options:%n",
    footer = {
      "",
      "Signals to kidreaper:",
      "  TERM, INT    end; all workers serve on",
      "  HUP          read the configuration again",
      "  USR1         open the log file anew",
      "",
      "Examples:",
      "  kidreaper watch --pidfile /run/myapp.pid --limit 150M",
      "  kidreaper watch --manager 4711 --max-age 6h --every 5s --dry-run",
      "  kidreaper watch --config /etc/kidreaper.toml --metrics 9188",
      "  kidreaper watch --start 'myapp_fastcgi.pl -l :9000 -n 5' --limit 150M",
      "",
      "'kidreaper config init' writes a first configuration. Exit status: 0 ended when asked to,"
          + " 1 could not begin, 2 wrong command line or configuration, 4 no pool can come back."
    })
final class WatchCommand implements Callable<Integer> {
  private final WatchRun run;
  private final RunCommand managed;
  private final Later later;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "the pools, in TOML; read again at HUP")
  private @Nullable Path config;

  @Mixin private PoolOptions pool = new PoolOptions();

  @Mixin private WatchOptions watch = new WatchOptions();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  /**
   * @param managed whose flags are keys of a configuration too
   */
  WatchCommand(WatchRun run, RunCommand managed, Later later) {
    this.later = later;
    this.run = run;
    this.managed = managed;
  }

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    try {
      WatchRun.Source source = config == null ? flags() : file(config.toAbsolutePath());
      WatchRun.Wanted wanted = source.read();
      WatchRun runs = run;
      later.put(() -> runs.run(source, wanted));
      return ExitStatus.DONE;
    } catch (TypeConversionException e) {
      throw new ParameterException(self.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private WatchRun.Source flags() {
    AttachedSettings settings = pool.settings("pool");
    PoolName name = watch.name().orElseGet(() -> named(settings.where()));
    AttachedSettings named =
        new AttachedSettings(
            name.text(),
            settings.where(),
            settings.limits(),
            settings.asking(),
            settings.every(),
            settings.members(),
            settings.dryRun(),
            settings.onEvent());
    return new Said(checked(new WatchRun.Wanted(watch, name, List.of(named))));
  }

  /** What the command line said, which cannot change. */
  private record Said(WatchRun.Wanted read) implements WatchRun.Source {
    @Override
    public boolean canChange() {
      return false;
    }
  }

  /**
   * What a file says.
   *
   * @param said what the command line said besides, which counts more, by key
   */
  private record InFile(Path path, Map<String, List<String>> said, RunCommand managed)
      implements WatchRun.Source {
    @Override
    public WatchRun.Wanted read() {
      try {
        WatchConfig read = WatchConfig.read(path, managed);
        WatchOptions options = read.options(said);
        List<AttachedSettings> pools = read.attached();
        if (pools.isEmpty()) {
          throw new ConfigFault(path + " has no [pool.NAME] to watch");
        }
        return checked(
            new WatchRun.Wanted(options, options.name().orElse(new PoolName("watch")), pools));
      } catch (ConfigFault e) {
        throw new TypeConversionException(e.sentence());
      }
    }

    @Override
    public boolean canChange() {
      return true;
    }
  }

  private static PoolName named(Whereabouts where) {
    String word =
        switch (where) {
          case Whereabouts.ByPid(int pid) -> "pool-" + pid;
          case Whereabouts.ByPidfile(Path file) ->
              String.valueOf(file.getFileName()).replaceFirst("\\.pid$", "");
          case Whereabouts.ByUnit(String unit) -> unit.replaceFirst("\\.service$", "");
          case Whereabouts.ByCgroup(Path folder) -> String.valueOf(folder.getFileName());
          case Whereabouts.ByMatch _ -> "watch";
          case Whereabouts.Started(List<String> command) -> DefaultName.of(command).text();
        };
    String name = word.replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[.-]+", "");
    return PoolName.isName(name) ? new PoolName(name) : new PoolName("watch");
  }

  private WatchRun.Source file(Path path) {
    Set<String> ofPools = ConfigKeys.attached().keySet();
    Map<String, List<String>> said = new LinkedHashMap<>();
    List<String> wrong = new ArrayList<>();
    for (OptionSpec option :
        Objects.requireNonNull(spec).commandLine().getParseResult().matchedOptions()) {
      String key = ConfigKeys.key(option);
      if (ofPools.contains(key)) {
        wrong.add("--" + key);
      } else if (!key.equals("config")) {
        said.put(key, option.originalStringValues());
      }
    }
    if (!wrong.isEmpty()) {
      throw new TypeConversionException(
          "with --config the pools are in the file; leave out " + String.join(", ", wrong));
    }
    return new InFile(path, said, managed);
  }

  /** A maximum of requests that nobody counts would be a promise that is not kept. */
  private static WatchRun.Wanted checked(WatchRun.Wanted wanted) {
    double _ = wanted.options().cpuShare();
    var _ = wanted.options().metrics();
    wanted.pools().forEach(pool -> ManagedRun.refuseWhatCannotBeCounted(pool.limits()));
    return wanted;
  }
}
