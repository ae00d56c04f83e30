package io.kidreaper.cli;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.server.Program;
import io.kidreaper.server.Recognition;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * Who is explained, and the pool around it.
 *
 * @param candidates the worker that was named, or all of a pool's
 * @param pool all workers of the pool, empty where there is none
 * @param parentPid whose end, or whose children's end, can move memory of the candidates
 */
record ExplainSubjects(
    List<ProcessId> candidates,
    Optional<List<ProcessId>> pool,
    int parentPid,
    String server,
    IntFunction<Program> programs) {

  /** What came of finding them. */
  sealed interface Found {
    record Subjects(ExplainSubjects subjects) implements Found {}

    record Refused(String reason) implements Found {}
  }

  static Found find(ExplainRequest.Target target, Libc libc, Path procRoot) {
    ProcFs proc = new ProcFs(libc, procRoot);
    PoolAccess access = new PoolAccess(libc, procRoot);
    return switch (target) {
      case ExplainRequest.Target.Pool(ManagerChoice manager) -> ofPool(access, manager);
      case ExplainRequest.Target.Worker(int pid) -> ofWorker(access, proc, pid);
    };
  }

  private static Found ofPool(PoolAccess access, ManagerChoice manager) {
    return switch (access.open(manager, Source.PROC)) {
      case PoolAccess.Access.Refused(String reason) -> new Found.Refused(reason);
      case PoolAccess.Access.Open open -> {
        try (open) {
          Optional<ExplainSubjects> pool = of(open);
          yield pool.isEmpty()
              ? new Found.Refused("the pool could not be read, or has no workers")
              : new Found.Subjects(pool.get());
        }
      }
    };
  }

  private static Found ofWorker(PoolAccess access, ProcFs proc, int pid) {
    if (!(proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat))
        || stat.ended()
        || stat.kernelThread()) {
      return new Found.Refused("there is no process " + pid + " that has memory of its own");
    }
    ProcessId worker = new ProcessId(pid, stat.startTicks());
    IntFunction<Program> programs = id -> new Program(proc.executableName(id), proc.arguments(id));
    ExplainSubjects alone =
        new ExplainSubjects(
            List.of(worker), Optional.empty(), stat.parentPid(), "no known server", programs);
    if (stat.parentPid() <= 1
        || !(access.open(new ManagerChoice.ByPid(stat.parentPid()), Source.PROC)
            instanceof PoolAccess.Access.Open open)) {
      return new Found.Subjects(alone);
    }
    try (open) {
      boolean member =
          open.check().get().flatMap(check -> check.notAWorkerOf(stat.parentPid(), pid)).isEmpty();
      return new Found.Subjects(
          (member ? of(open) : Optional.<ExplainSubjects>empty())
              .map(pool ->
                  new ExplainSubjects(
                      List.of(worker), pool.pool(), pool.parentPid(), pool.server(), programs))
              .orElse(alone));
    }
  }

  private static Optional<ExplainSubjects> of(PoolAccess.Access.Open open) {
    if (!(open.pool().read(_ -> false) instanceof PoolReading.Read(Snapshot snapshot))) {
      return Optional.empty();
    }
    Set<ProcessId> workers = open.roles(snapshot).workers();
    if (workers.isEmpty()) {
      return Optional.empty();
    }
    Recognition.Result server =
        PoolRecognition.of(snapshot, open.programs(), () -> open.roles(snapshot));
    List<ProcessId> ordered =
        workers.stream().sorted(Comparator.comparingInt(ProcessId::pid)).toList();
    return Optional.of(
        new ExplainSubjects(
            ordered,
            Optional.of(ordered),
            snapshot.manager().pid(),
            SweepTable.label(server),
            open.programs()));
  }

  /** Those whose end could move a candidate's memory, as far as they can be seen now. */
  Optional<Set<ProcessId>> family(ProcFs proc) {
    Set<ProcessId> family =
        new TreeSet<>(
            Comparator.comparingInt(ProcessId::pid).thenComparingLong(ProcessId::startTicks));
    add(proc, parentPid, family);
    if (!(proc.children(parentPid)
        instanceof ProcRead.Found<Set<Integer>>(Set<Integer> children))) {
      return Optional.empty();
    }
    children.forEach(pid -> add(proc, pid, family));
    for (ProcessId candidate : candidates) {
      if (proc.children(candidate.pid())
          instanceof ProcRead.Found<Set<Integer>>(Set<Integer> own)) {
        own.forEach(pid -> add(proc, pid, family));
      }
    }
    return Optional.of(family);
  }

  private static void add(ProcFs proc, int pid, Set<ProcessId> family) {
    if (proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat) && !stat.ended()) {
      family.add(new ProcessId(pid, stat.startTicks()));
    }
  }
}
