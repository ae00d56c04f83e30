package io.kidreaper.cli;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.LinuxProcesses;
import io.kidreaper.linux.ManagerCheck;
import io.kidreaper.linux.PidfdManagerWatch;
import io.kidreaper.linux.Pidfile;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcPool;
import io.kidreaper.linux.PsCommand;
import io.kidreaper.linux.PsPool;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.linux.trace.WorkerCheck;
import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Roles;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.ManagerWatch;
import io.kidreaper.retire.Processes;
import io.kidreaper.server.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** Opens a pool for a sweep: finds its manager, and chooses how it is read and reached. */
final class PoolAccess {
  private final Libc libc;
  private final Path procRoot;
  private final ProcFs proc;
  private final Optional<SystemFacts> facts;
  private final Processes processes;

  PoolAccess(Libc libc, Path procRoot) {
    this.libc = libc;
    this.procRoot = procRoot;
    this.proc = new ProcFs(libc, procRoot);
    this.facts = hasProc() ? Optional.of(SystemFacts.read(proc)) : Optional.empty();
    this.processes =
        facts.isPresent() ? new LinuxProcesses(libc, proc, facts.get()) : new OutOfReach();
  }

  /** What came of opening a pool. */
  sealed interface Access {
    /**
     * @param source where it is read: PROC or PS
     * @param managerCommand the manager's command line, empty where unknown
     * @param programs says what a process runs
     * @param check tells workers from others as they are now, where that can be seen
     */
    record Open(
        PoolReader pool,
        Processes processes,
        ManagerWatch watch,
        Source source,
        Optional<String> managerCommand,
        IntFunction<Program> programs,
        Supplier<Optional<WorkerCheck>> check)
        implements Access, AutoCloseable {
      /** Who of its members is a worker; all of them where that cannot be seen. */
      Roles roles(Snapshot snapshot) {
        return check
            .get()
            .map(look -> look.roles(snapshot))
            .orElseGet(() -> new Roles(snapshot.ids(), Set.of(), true));
      }

      /** Which of its members are no workers, and why. */
      Map<ProcessId, String> others(Snapshot snapshot) {
        return check.get().map(look -> look.others(snapshot)).orElse(Map.of());
      }

      @Override
      public void close() {
        pool.close();
        watch.close();
      }
    }

    record Refused(String reason) implements Access {}
  }

  /** Whether this system has a /proc that says something about processes. */
  boolean hasProc() {
    return Files.isReadable(procRoot.resolve("self/stat"));
  }

  /** The source that a choice comes to on this system. */
  Source source(Source choice) {
    return switch (choice) {
      case AUTO -> hasProc() ? Source.PROC : Source.PS;
      case PROC, PS -> choice;
    };
  }

  Access open(ManagerChoice choice, Source wanted) {
    Source source = source(wanted);
    if (source == Source.PROC && !hasProc()) {
      return new Access.Refused("there is no " + procRoot + " to read; try --source ps");
    }
    return switch (choice) {
      case ManagerChoice.ByPid(int pid) -> open(pid, () -> OptionalInt.of(pid), source);
      case ManagerChoice.ByPidfile(Path path) -> {
        Pidfile pidfile = new Pidfile(libc, proc, path);
        yield switch (pidfile.read()) {
          case Pidfile.Result.Refused(String reason) -> new Access.Refused(reason);
          case Pidfile.Result.Names(int pid) -> open(pid, pidfile::pidNow, source);
        };
      }
    };
  }

  private Access open(int pid, Supplier<OptionalInt> namedNow, Source source) {
    return facts.isPresent() ? openOnLinux(facts.get(), pid, namedNow, source) : openByPs(pid);
  }

  private Access openOnLinux(
      SystemFacts facts, int pid, Supplier<OptionalInt> namedNow, Source source) {
    return switch (new ManagerCheck(proc).check(pid)) {
      case ManagerCheck.Result.Refused(String reason) -> new Access.Refused(reason);
      case ManagerCheck.Result.Accepted(ProcessId manager, String command) ->
          new Access.Open(
              source == Source.PS
                  ? new PsPool(manager, new PsCommand(Optional.of(proc)))
                  : new ProcPool(proc, libc, facts, manager),
              processes,
              new PidfdManagerWatch(processes, manager, namedNow),
              source,
              Optional.of(command),
              this::program,
              () -> Optional.of(new WorkerCheck(proc)));
    };
  }

  private Program program(int pid) {
    return new Program(proc.executableName(pid), proc.arguments(pid));
  }

  private Access openByPs(int pid) {
    PsCommand ps = new PsCommand(Optional.empty());
    try {
      Optional<ProcessId> manager = ps.find(pid);
      return manager.isEmpty()
          ? new Access.Refused("there is no process " + pid)
          : new Access.Open(
              new PsPool(manager.get(), ps),
              processes,
              new Unwatched(manager.get()),
              Source.PS,
              Optional.empty(),
              _ -> new Program("", List.of()),
              Optional::empty);
    } catch (IOException e) {
      return new Access.Refused(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** Without /proc and pidfds nothing can be signalled safely, so nothing is. */
  private static final class OutOfReach implements Processes {
    @Override
    public Opened open(ProcessId id) {
      return new Opened.Refused(
          "without /proc and pidfds (Linux 5.3) a process cannot be signalled safely;"
              + " kidreaper only reads here");
    }
  }

  /** Nothing is signalled, so nothing can be lost. */
  private record Unwatched(ProcessId manager) implements ManagerWatch {
    @Override
    public Optional<String> lost() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
