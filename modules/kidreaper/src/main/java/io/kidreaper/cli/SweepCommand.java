package io.kidreaper.cli;

import io.kidreaper.linux.OneShotLibc;
import io.kidreaper.linux.SystemTime;
import io.kidreaper.memory.Measure;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.Progress;
import io.kidreaper.retire.Signal;
import io.kidreaper.retire.Sweep;
import io.kidreaper.retire.SweepPlan;
import io.kidreaper.retire.SweepReport;
import io.kidreaper.server.Recognition;
import io.kidreaper.watch.Means;
import java.nio.file.Path;
import java.util.List;

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

  int run(SweepRequest request, Style style) {
    PoolAccess access = new PoolAccess(new OneShotLibc(), Path.of("/proc"));
    if (access.source(request.source()) == Source.PS && !inPs(request.limit().measure())) {
      terminal.complain(
          "ps does not know "
              + request.limit().measure().word()
              + " memory; use --measure rss or --measure vsz");
      return ExitStatus.USAGE;
    }
    return switch (access.open(request.manager(), request.source())) {
      case PoolAccess.Access.Refused(String reason) -> noPool(reason, style);
      case PoolAccess.Access.Open open -> {
        try (open) {
          yield sweep(open, request, style);
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

  private int sweep(PoolAccess.Access.Open open, SweepRequest request, Style style) {
    Recognition.Result server = recognise(open);
    return switch (SignalDecision.of(request.retire(), server)) {
      case SignalDecision.Refuse(String reason) when !request.dryRun() -> {
        terminal.complain(reason);
        yield ExitStatus.USAGE;
      }
      case SignalDecision.Refuse(String reason) -> {
        terminal.complain(reason);
        yield sweep(open, request, Signal.HUP, new Story(server, true), style);
      }
      case SignalDecision.Use(Signal signal) ->
          sweep(open, request, signal, new Story(server, false), style);
    };
  }

  /**
   * What is said of a sweep beside its report.
   *
   * @param refused whether no signal would be sent, so that none is named
   */
  record Story(Recognition.Result server, boolean refused) {}

  private int sweep(
      PoolAccess.Access.Open open, SweepRequest request, Signal signal, Story story, Style style) {
    RetireRequest retire = request.retire();
    SweepPlan plan =
        new SweepPlan(request.limit(), retire.manner(signal), request.pause(), request.dryRun());
    Sweep.Result result;
    try (LiveProgress live = new LiveProgress(terminal.err());
        Means means = Means.of(retire.at(), terminal::complain)) {
      Progress progress = terminal.live() ? live : Progress.NONE;
      result =
          new Sweep(
                  plan,
                  open.pool(),
                  open::others,
                  open.processes(),
                  means.deliverer(),
                  means.observer(),
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
        tell(open, report, story, status, style);
        yield status;
      }
    };
  }

  private static Recognition.Result recognise(PoolAccess.Access.Open open) {
    Snapshot nobody = new Snapshot(open.watch().manager(), List.of());
    Snapshot snapshot =
        open.pool().read(_ -> false) instanceof PoolReading.Read(var read) ? read : nobody;
    return PoolRecognition.of(snapshot, open.programs(), () -> open.roles(snapshot));
  }

  private void tell(
      PoolAccess.Access.Open open, SweepReport report, Story story, int status, Style style) {
    switch (style) {
      case TABLE -> new SweepTable(terminal).print(open, report, story);
      case QUIET -> {
        if (status != ExitStatus.DONE || terminal.live()) {
          new SweepTable(terminal).print(open, report, story);
        }
      }
      case JSON -> SweepJson.print(terminal.out(), open, report, story, status);
    }
    report
        .managerLost()
        .ifPresent(reason ->
            terminal.complain(
                reason
                    + (report.signalled() > 0
                        ? " after a signal; no further worker was signalled"
                        : "; no worker was signalled")));
  }

  private int noPool(String reason, Style style) {
    if (style == Style.JSON) {
      SweepJson.printNoPool(terminal.out(), reason, ExitStatus.POOL_UNREADABLE);
    }
    terminal.complain(reason);
    return ExitStatus.POOL_UNREADABLE;
  }
}
