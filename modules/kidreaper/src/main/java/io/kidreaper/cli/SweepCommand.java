package io.kidreaper.cli;

import io.kidreaper.linux.OneShotLibc;
import io.kidreaper.memory.Measure;
import io.kidreaper.retire.Progress;
import io.kidreaper.retire.Sweep;
import io.kidreaper.retire.SweepPlan;
import io.kidreaper.retire.SweepReport;
import java.nio.file.Path;

/** One sweep from the chosen manager to the exit status: what both forms of the command share. */
final class SweepCommand {
  private final Terminal terminal;
  private final Interruption interruption;

  SweepCommand(Terminal terminal, Interruption interruption) {
    this.terminal = terminal;
    this.interruption = interruption;
  }

  /** How the result is told. */
  enum Style {
    TABLE,
    JSON,
    /** A table for whoever watches; nothing at all if all went well and nobody does. */
    QUIET
  }

  int run(ManagerChoice choice, SweepPlan plan, Source wanted, Style style) {
    PoolAccess access = new PoolAccess(new OneShotLibc(), Path.of("/proc"));
    if (access.source(wanted) == Source.PS && !inPs(plan.limit().measure())) {
      terminal
          .err()
          .println(
              "kidreaper: ps does not know "
                  + plan.limit().measure().word()
                  + " memory; use --measure rss or --measure vsz");
      return ExitStatus.USAGE;
    }
    return switch (access.open(choice, wanted)) {
      case PoolAccess.Access.Refused(String reason) -> noPool(reason, style);
      case PoolAccess.Access.Open open -> {
        try (open) {
          yield sweep(open, plan, style);
        }
      }
    };
  }

  private static boolean inPs(Measure measure) {
    return switch (measure) {
      case RSS, VSZ -> true;
      case PRIVATE, PSS -> false;
    };
  }

  private int sweep(PoolAccess.Access.Open open, SweepPlan plan, Style style) {
    Sweep.Result result;
    try (LiveProgress live = new LiveProgress(terminal.err())) {
      Progress progress = terminal.live() ? live : Progress.NONE;
      result =
          new Sweep(
                  plan,
                  open.pool(),
                  open.processes(),
                  open.watch(),
                  new SystemTime(),
                  progress,
                  interruption::requested)
              .run();
    }
    return switch (result) {
      case Sweep.Result.NoPool(String reason) -> noPool(reason, style);
      case Sweep.Result.Swept(SweepReport report) -> {
        int status = ExitStatus.of(report.result());
        tell(open, report, status, style);
        yield status;
      }
    };
  }

  private void tell(PoolAccess.Access.Open open, SweepReport report, int status, Style style) {
    switch (style) {
      case TABLE -> new SweepTable(terminal).print(open, report);
      case QUIET -> {
        if (status != ExitStatus.DONE || terminal.live()) {
          new SweepTable(terminal).print(open, report);
        }
      }
      case JSON -> SweepJson.print(terminal.out(), open, report, status);
    }
    report
        .managerLost()
        .ifPresent(reason ->
            terminal
                .err()
                .println(
                    "kidreaper: " + reason + " after a signal; no further worker was signalled"));
  }

  private int noPool(String reason, Style style) {
    if (style == Style.JSON) {
      SweepJson.printNoPool(terminal.out(), reason, ExitStatus.POOL_UNREADABLE);
    }
    terminal.err().println("kidreaper: " + reason);
    return ExitStatus.POOL_UNREADABLE;
  }
}
