package io.kidreaper.cli;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.linux.SystemTime;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.Progress;
import io.kidreaper.retire.Retirement;
import io.kidreaper.retire.Signal;
import io.kidreaper.retire.Succession;
import io.kidreaper.server.Recognition;
import io.kidreaper.watch.Means;
import java.nio.file.Path;
import java.util.Optional;

/** Retires one worker, from its pid on the command line to the exit status. */
final class SingleRetirement {
  private final Terminal terminal;
  private final Interruption interruption;

  SingleRetirement(Terminal terminal, Interruption interruption) {
    this.terminal = terminal;
    this.interruption = interruption;
  }

  int run(int worker, Optional<Integer> manager, RetireRequest request) {
    NativeLibc libc = new NativeLibc();
    Path procRoot = Path.of("/proc");
    if (!(new ProcFs(libc, procRoot).stat(worker) instanceof ProcRead.Found<StatFile>(var stat))
        || stat.ended()) {
      return refuse("there is no process " + worker);
    }
    if (worker == ProcessHandle.current().pid() || worker == 1 || stat.kernelThread()) {
      return refuse("process " + worker + " (" + stat.name() + ") is nobody's worker");
    }
    if (manager.isPresent() && manager.get() != stat.parentPid()) {
      return refuse(
          "process "
              + worker
              + " is not a child of "
              + manager.get()
              + "; its parent is process "
              + stat.parentPid());
    }
    ManagerChoice choice = new ManagerChoice.ByPid(stat.parentPid());
    return switch (new PoolAccess(libc, procRoot).open(choice, Source.PROC)) {
      case PoolAccess.Access.Refused(String reason) ->
          refuse("process " + worker + " has no manager that would replace it: " + reason);
      case PoolAccess.Access.Open open -> {
        try (open) {
          Optional<String> notAWorker =
              manager.isPresent()
                  ? Optional.empty() // whoever says so knows
                  : open.check()
                      .get()
                      .flatMap(check -> check.notAWorkerOf(stat.parentPid(), worker));
          yield notAWorker.isPresent()
              ? refuse(notAWorker.get(), worker, stat)
              : run(open, new ProcessId(worker, stat.startTicks()), request);
        }
      }
    };
  }

  private int run(PoolAccess.Access.Open open, ProcessId worker, RetireRequest request) {
    Recognition.Result server =
        Recognition.recognise(
            open.programs().apply(open.watch().manager().pid()),
            open.programs().apply(worker.pid()));
    return switch (SignalDecision.of(request, server)) {
      case SignalDecision.Refuse(String reason) -> {
        terminal.complain(reason);
        yield ExitStatus.USAGE;
      }
      case SignalDecision.Use(Signal signal) ->
          switch (open.pool().read(_ -> false)) {
            case PoolReading.ManagerGone(String reason) -> refuse(reason);
            case PoolReading.Unreadable(String reason) -> refuse(reason);
            case PoolReading.Read(Snapshot snapshot) -> {
              terminal
                  .out()
                  .println(
                      "worker "
                          + worker.pid()
                          + " of "
                          + SweepTable.label(server)
                          + ", signal "
                          + signal);
              yield tell(worker, retire(open, snapshot, worker, signal, request));
            }
          };
    };
  }

  private Outcome retire(
      PoolAccess.Access.Open open,
      Snapshot snapshot,
      ProcessId worker,
      Signal signal,
      RetireRequest request) {
    try (LiveProgress live = new LiveProgress(terminal.err());
        Means means = Means.of(request.at(), terminal::complain)) {
      return new Retirement(
              open.processes(),
              means.deliverer(),
              means.observer(),
              open.watch(),
              new Succession(open.pool(), snapshot.ids()),
              new SystemTime(),
              terminal.live() ? live : Progress.NONE,
              interruption::requested)
          .retire(worker, request.manner(signal));
    }
  }

  private int tell(ProcessId worker, Outcome outcome) {
    terminal.out().println("worker " + worker.pid() + ": " + SweepTable.outcome(outcome));
    return switch (outcome) {
      case Outcome.Retired _ -> ExitStatus.DONE;
      case Outcome.ManagerLost _ -> ExitStatus.MANAGER_LOST;
      case Outcome.Vanished _ -> ExitStatus.POOL_UNREADABLE;
      case Outcome.NotSignalled(Outcome.Why why, _) ->
          switch (why) {
            case INTERRUPTED -> ExitStatus.INTERRUPTED;
            case MANAGER_LOST -> ExitStatus.MANAGER_LOST;
            case BUSY, NOT_NOW, NOT_A_CHILD, NOT_PERMITTED -> ExitStatus.INCOMPLETE;
          };
      case Outcome.NotReplaced _, Outcome.StillThere _ ->
          interruption.requested() ? ExitStatus.INTERRUPTED : ExitStatus.INCOMPLETE;
      case Outcome.Kept _, Outcome.WouldRetire _, Outcome.Unreadable _, Outcome.NotAWorker _ ->
          throw new AssertionError("no retirement comes to " + outcome);
    };
  }

  private int refuse(String notAWorker, int process, StatFile stat) {
    return refuse(
        "process "
            + process
            + " ("
            + stat.name()
            + ") "
            + notAWorker
            + "; name a worker, or say --manager "
            + stat.parentPid()
            + " if that one would replace it");
  }

  private int refuse(String reason) {
    terminal.complain(reason);
    return ExitStatus.POOL_UNREADABLE;
  }
}
