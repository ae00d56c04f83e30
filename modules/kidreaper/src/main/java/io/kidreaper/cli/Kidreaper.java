package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command without a subcommand: the article's own form, {@code kidreaper PPID BYTES}. */
@Command(
    name = "kidreaper",
    versionProvider = Version.class,
    sortOptions = false,
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      WatchCommand.class,
      ConfigCommand.class,
      CtlCommand.class,
      ReapCommand.class,
      RetireCommand.class,
      ExplainCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class,
      AutoComplete.GenerateCompletion.class
    },
    synopsisHeading = "",
    customSynopsis = {"Usage: kidreaper PPID BYTES", "       kidreaper COMMAND [OPTION...]"},
    description = {
      "",
      "Prefork workers (FastCGI, php-fpm, gunicorn, ...) grow until the machine swaps."
          + " kidreaper finds those that have grown too large and asks them to leave, one after"
          + " another, so that their manager starts fresh ones in their place.",
      "",
      "'kidreaper reap' is the one to start with: it measures what each worker really costs,"
          + " and says all it does.",
      "",
      "With two numbers, kidreaper does what the well-known cron script did: every child of"
          + " process PPID whose virtual size is at or above BYTES gets HUP, 10 seconds apart. It"
          + " is silent when all went well and nobody watches, so it fits into a crontab.",
      ""
    },
    parameterListHeading = "",
    optionListHeading = "%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Examples:",
      "  What would be done, and nothing else:",
      "    kidreaper reap --manager 4711 --limit 150M --dry-run",
      "  Do it:",
      "    kidreaper reap --pidfile /run/myapp.pid --limit 150M",
      "  As the cron script did:",
      "    kidreaper 4711 157286400",
      "",
      "Exit status:",
      "    0  nothing was over the limit, or all that was has been retired and replaced",
      "    1  some worker could not be signalled, did not leave, or was not replaced",
      "    2  the command line was wrong",
      "    3  the pool, or some worker of it, could not be read",
      "    4  the manager died or changed; no further worker was signalled",
      "  130  interrupted",
      "",
      "'kidreaper help COMMAND' tells more."
    })
final class Kidreaper implements Callable<Integer> {
  private final SweepCommand sweep;

  @Spec private @Nullable CommandSpec spec;

  Kidreaper(SweepCommand sweep) {
    this.sweep = sweep;
  }

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PPID",
      converter = PidOrCommand.class,
      description = "process id of the workers' manager")
  private @Nullable Integer manager;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "BYTES",
      description = "the virtual size that is too much: bytes, or a size such as 150M")
  private @Nullable ByteSize bytes;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "show the version and exit")
  @SuppressWarnings("UnusedVariable") // picocli asks for it by reflection
  private boolean version;

  /** The first word may be meant as a command. */
  static final class PidOrCommand implements CommandLine.ITypeConverter<Integer> {
    @Override
    public Integer convert(String word) {
      if (!word.isEmpty() && !word.chars().allMatch(Character::isDigit)) {
        throw new CommandLine.TypeConversionException(
            "'" + word + "' is neither a command nor a process id");
      }
      return Words.pid(word);
    }
  }

  @Override
  public Integer call() {
    CommandSpec self = Objects.requireNonNull(spec);
    if (manager == null) {
      throw new ParameterException(
          self.commandLine(), "say what to do: PPID and BYTES, or a command such as 'reap'");
    }
    if (bytes == null) {
      throw new ParameterException(
          self.commandLine(), "BYTES is missing, for example: kidreaper " + manager + " 157286400");
    }
    if (bytes.bytes() == 0) {
      throw new ParameterException(
          self.commandLine(), "a limit of 0 bytes would retire every worker");
    }
    return new ArticleForm(manager, bytes).run(sweep);
  }
}
