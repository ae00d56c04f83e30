package io.kidreaper.cli;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.Rights;
import io.kidreaper.linux.trace.Forkability;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Roles;
import io.kidreaper.server.Recognition;
import io.kidreaper.server.Server;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Asks for each right and tells the answers. */
final class Doctor {
  private final Terminal terminal;
  private final NativeLibc libc = new NativeLibc();
  private final Path procRoot = Path.of("/proc");
  private boolean inTheWay;

  Doctor(Terminal terminal) {
    this.terminal = terminal;
  }

  int run(Optional<Integer> manager) {
    PoolAccess access = new PoolAccess(libc, procRoot);
    if (!access.hasProc()) {
      terminal.complain(
          "there is no /proc here: workers can be read through ps, and not signalled");
      return ExitStatus.INCOMPLETE;
    }
    int user = libc.effectiveUserId();
    line(
        "user "
            + user
            + (user == 0 ? " (root)" : "")
            + ", Linux "
            + System.getProperty("os.version"));
    if (manager.isEmpty()) {
      // Some process of the same user, that is not ourselves: what holds for it is the least.
      int parent = ProcessHandle.current().parent().map(handle -> (int) handle.pid()).orElse(1);
      rights(parent);
      line("");
      line("Name a pool with --manager PID to hear about its workers.");
      return status();
    }
    return switch (access.open(new ManagerChoice.ByPid(manager.get()), Source.AUTO)) {
      case PoolAccess.Access.Refused(String reason) -> unreadable(reason);
      case PoolAccess.Access.Open open -> {
        try (open) {
          yield pool(open);
        }
      }
    };
  }

  private int pool(PoolAccess.Access.Open open) {
    return switch (open.pool().read(_ -> false)) {
      case PoolReading.ManagerGone(String reason) -> unreadable(reason);
      case PoolReading.Unreadable(String reason) -> unreadable(reason);
      case PoolReading.Read(var snapshot) -> {
        List<Member> members = snapshot.members();
        int manager = snapshot.manager().pid();
        boolean tracing = rights(members.isEmpty() ? manager : members.getFirst().id().pid());
        line("");
        line(
            "pool of process "
                + manager
                + open.managerCommand().map(command -> " (" + command + ")").orElse("")
                + ": "
                + members.size()
                + (members.size() == 1 ? " worker" : " workers"));
        if (members.isEmpty()) {
          found(false, "workers", "there is none, so its server cannot be told");
        } else {
          Roles roles = open.roles(snapshot);
          helpers(open, roles);
          server(PoolRecognition.of(snapshot, open.programs(), () -> roles), tracing, roles);
          spawning(members.getFirst().id().pid());
        }
        yield status();
      }
    };
  }

  private void helpers(PoolAccess.Access.Open open, Roles roles) {
    roles.helpers().stream()
        .map(ProcessId::pid)
        .sorted()
        .forEach(pid ->
            remark(
                "helper",
                "process "
                    + pid
                    + " ("
                    + open.programs().apply(pid).executable()
                    + ") holds none of the pool's listening sockets, and is left alone"));
    if (!roles.listening()) {
      found(
          false, "listening socket", "no worker holds one, so connections come to them otherwise");
      line(
          "        Whether one of them is between two requests cannot be seen: at the boundary and");
      line(
          "        when idle none is signalled. --at any signals them, requests in flight or not.");
    }
  }

  private boolean rights(int pid) {
    Rights rights = new Rights(libc, new ProcFs(libc, procRoot));
    needed("measure private memory", rights.readMemory(pid));
    boolean tracing = needed("retire at the boundary", rights.trace(pid));
    needed("take sockets back", rights.takeSockets());
    optional("count requests", rights.countRequests());
    return tracing;
  }

  private void server(Recognition.Result server, boolean tracing, Roles roles) {
    switch (server) {
      case Recognition.Result.HandsOff(String name, String instead) ->
          found(false, "server", name + ": no signal retires one worker safely. " + instead);
      case Recognition.Result.Known(Server known) -> {
        found(true, "server", known.label());
        found(
            true,
            "signal",
            known.retires()
                + (known == Server.UNKNOWN
                    ? ", a guess; if its workers leave gracefully on another, say --signal"
                    : ", on which a worker of it leaves"));
        found(
            tracing && roles.listening(),
            "moment",
            !roles.listening()
                ? "none: nothing shows when a worker holds no request"
                : tracing
                    ? "boundary: held between two requests, so none can be cut"
                    : "idle: only workers that are seen idle are signalled");
      }
    }
  }

  /** What {@code kidreaper run} could do with such workers; it is in the way of nothing. */
  private void spawning(int worker) {
    switch (Forkability.of(worker)) {
      case Forkability.Possible() ->
          found(true, "spawn", "fork is possible, as far as its workers show (run --spawn fork)");
      case Forkability.Impossible(String why) -> unneeded("spawn", "exec only: a worker " + why);
      case Forkability.Unknown() -> unneeded("spawn", "whether fork is possible cannot be told");
    }
  }

  private void unneeded(String what, String detail) {
    terminal.out().printf("  %-4s  %-24s %s%n", "--", what, detail);
  }

  private boolean needed(String what, Rights.Answer answer) {
    return switch (answer) {
      case Rights.Answer.Granted(String detail) -> found(true, what, detail);
      case Rights.Answer.Denied(String detail, String remedy) -> {
        found(false, what, detail);
        line("        " + remedy);
        yield false;
      }
    };
  }

  /**
   * What only --max-requests and the request counts of explain need is not in the way of the rest.
   */
  private void optional(String what, Rights.Answer answer) {
    switch (answer) {
      case Rights.Answer.Granted(String detail) -> found(true, what, detail);
      case Rights.Answer.Denied(String detail, String remedy) -> {
        remark(what, detail + " (only --max-requests needs it)");
        line("        " + remedy);
      }
    }
  }

  private boolean found(boolean good, String what, String detail) {
    terminal.out().printf("  %-4s  %-24s %s%n", good ? "ok" : "NO", what, detail);
    inTheWay |= !good;
    return good;
  }

  private void remark(String what, String detail) {
    terminal.out().printf("  --    %-24s %s%n", what, detail);
  }

  private int status() {
    line("");
    line(inTheWay ? "Something is in the way." : "Nothing is in the way.");
    return inTheWay ? ExitStatus.INCOMPLETE : ExitStatus.DONE;
  }

  private int unreadable(String reason) {
    terminal.complain(reason);
    return ExitStatus.POOL_UNREADABLE;
  }

  private void line(String text) {
    terminal.out().println(text);
  }
}
