package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.run.state.PoolName;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The command line with all its commands. */
final class Commands {
  private Commands() {}

  /** Runs one command line and returns its exit status. */
  static int run(Terminal terminal, Interruption interruption, SweepCommand sweep, String... args) {
    return line(terminal, interruption, sweep).execute(args);
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

  /** The command line as it is run. */
  static CommandLine line(Terminal terminal, Interruption interruption, SweepCommand sweep) {
    CommandLine line =
        new CommandLine(new Kidreaper(sweep), new Factory(terminal, interruption, sweep));
    line.setOut(terminal.out());
    line.setErr(terminal.err());
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF));
    CommandLine _ = converters(line);
    // What comes after the program's name is the program's.
    Objects.requireNonNull(line.getSubcommands().get("run")).setStopAtPositional(true);
    line.setParameterExceptionHandler(new UsageErrors());
    line.setExecutionExceptionHandler((e, command, _) -> {
      if (System.getenv("KIDREAPER_DEBUG") != null) {
        e.printStackTrace(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
      }
      command
          .getErr()
          .println(
              "kidreaper: internal error, please report it (KIDREAPER_DEBUG=1 shows where): " + e);
      return ExitStatus.INTERNAL_ERROR;
    });
    return line;
  }
}
