package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.run.state.PoolName;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** The command line with all its commands. */
final class Commands {
  private Commands() {}

  /** Runs one command line and returns its exit status. */
  static int run(Terminal terminal, Interruption interruption, SweepCommand sweep, String... args) {
    Later later = new Later();
    // Nobody keeps the line, so that it can be collected while what was put off is done.
    int status = line(terminal, interruption, sweep, later, args).execute(args);
    try {
      return later.run(status);
    } catch (RuntimeException e) {
      return internalError(terminal.err(), e);
    }
  }

  /** Has a command line read words as all of ours do. */
  static CommandLine converters(CommandLine line) {
    line.registerConverter(ByteSize.class, Words::size);
    line.registerConverter(Duration.class, Words::duration);
    line.registerConverter(PoolName.class, Words::poolName);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setAbbreviatedOptionsAllowed(false);
    return line;
  }

  /** The command line with all its commands, for those who want to look at it. */
  static CommandLine line(Terminal terminal, Interruption interruption, SweepCommand sweep) {
    return line(terminal, interruption, sweep, new Later());
  }

  /**
   * The command line as it is run.
   *
   * @param args by whose first word it is seen what is needed of it
   */
  static CommandLine line(
      Terminal terminal,
      Interruption interruption,
      SweepCommand sweep,
      Later later,
      String... args) {
    boolean run = args.length > 0 && args[0].equals("run");
    CommandLine line =
        new CommandLine(
            run ? new RunOnly() : new Kidreaper(sweep),
            new Factory(terminal, interruption, sweep, later));
    line.setOut(terminal.out());
    line.setErr(terminal.err());
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF));
    CommandLine _ = converters(line);
    // What comes after the program's name is the program's.
    Objects.requireNonNull(line.getSubcommands().get("run")).setStopAtPositional(true);
    line.setParameterExceptionHandler(new UsageErrors());
    line.setExecutionExceptionHandler((e, command, _) -> internalError(command.getErr(), e));
    return line;
  }

  private static int internalError(PrintWriter err, Exception e) {
    if (System.getenv("KIDREAPER_DEBUG") != null) {
      e.printStackTrace(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }
    err.println(
        "kidreaper: internal error, please report it (KIDREAPER_DEBUG=1 shows where): " + e);
    return ExitStatus.INTERNAL_ERROR;
  }

  /** The same without the other commands, which one that stays for months need not have read. */
  @Command(name = "kidreaper", subcommands = RunCommand.class)
  private static final class RunOnly {}
}
