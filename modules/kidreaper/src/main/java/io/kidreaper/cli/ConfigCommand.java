package io.kidreaper.cli;

import io.kidreaper.config.ConfigFault;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code kidreaper config}: checks a configuration, shows it, begins one. */
@Command(
    name = "config",
    sortOptions = false,
    header = "Check a configuration, show all that holds, or begin one.",
    synopsisSubcommandLabel = "COMMAND",
    optionListHeading = "Options:%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  kidreaper config init > kidreaper.toml",
      "  kidreaper config check kidreaper.toml",
      "",
      "Exit status: 0 all is well, 2 something is wrong with the file, with its place."
    })
final class ConfigCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final RunCommand run;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  ConfigCommand(Terminal terminal, RunCommand run) {
    this.terminal = terminal;
    this.run = run;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(),
        "say what to do, for example: kidreaper config check kidreaper.toml");
  }

  @Command(name = "check", header = "Say what is wrong with a configuration.")
  int check(@Parameters(paramLabel = "FILE", description = "in TOML") Path file) {
    try {
      int pools = new ConfigShow(WatchConfig.read(file, run), run).check();
      terminal
          .out()
          .println(file + ": " + pools + (pools == 1 ? " pool" : " pools") + ", all well");
      return ExitStatus.DONE;
    } catch (ConfigFault e) {
      terminal.complain(e.sentence());
      return ExitStatus.USAGE;
    }
  }

  @Command(name = "show", header = "Show every value, and where it comes from.")
  int show(@Parameters(paramLabel = "FILE", description = "in TOML") Path file) {
    try {
      ConfigShow show = new ConfigShow(WatchConfig.read(file, run), run);
      int _ = show.check();
      show.lines().forEach(terminal.out()::println);
      return ExitStatus.DONE;
    } catch (ConfigFault e) {
      terminal.complain(e.sentence());
      return ExitStatus.USAGE;
    }
  }

  @Command(
      name = "init",
      header = "Write an annotated configuration of the pools that run on this machine.")
  int init() {
    terminal.out().print(new ConfigInit(PoolsHere.find()).text());
    return ExitStatus.DONE;
  }
}
