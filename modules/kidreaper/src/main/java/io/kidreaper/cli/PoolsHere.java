package io.kidreaper.cli;

import io.kidreaper.linux.ManagerCheck;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcPool;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.linux.trace.WorkerCheck;
import io.kidreaper.memory.Measure;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.Roles;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.server.Program;
import io.kidreaper.server.Recognition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The pools that run on this machine: managers whose children share a listening socket. */
final class PoolsHere {
  private static final int LEAST_WORKERS = 2;

  private PoolsHere() {}

  /**
   * One of them.
   *
   * @param server what it is
   * @param most private memory that one of its workers has now; empty where it was not readable
   */
  record Here(int manager, String command, String server, int workers, OptionalLong most) {}

  static List<Here> find() {
    NativeLibc libc = new NativeLibc();
    ProcFs proc = new ProcFs(libc, Path.of("/proc"));
    SystemFacts facts = SystemFacts.read(proc);
    List<Here> pools = new ArrayList<>();
    childrenByParent(proc)
        .forEach((parent, children) -> {
          if (children >= LEAST_WORKERS
              && new ManagerCheck(proc).check(parent)
                  instanceof ManagerCheck.Result.Accepted(var manager, String command)) {
            try (ProcPool pool = new ProcPool(proc, libc, facts, manager)) {
              if (pool.read(_ -> true) instanceof PoolReading.Read(Snapshot snapshot)) {
                add(pools, proc, snapshot, command);
              }
            }
          }
        });
    return pools;
  }

  private static void add(List<Here> pools, ProcFs proc, Snapshot snapshot, String command) {
    WorkerCheck check = new WorkerCheck(proc);
    if (check.managerBetween(snapshot).isPresent()) {
      return; // the pool is that one's, and found there
    }
    Roles roles = check.roles(snapshot);
    if (!roles.listening() || roles.workers().size() < LEAST_WORKERS) {
      return;
    }
    Recognition.Result server =
        PoolRecognition.of(
            snapshot,
            pid -> new Program(proc.executableName(pid), proc.arguments(pid)),
            () -> roles);
    if (server instanceof Recognition.Result.Known(var known)) {
      OptionalLong most =
          snapshot.members().stream()
              .filter(member -> roles.workers().contains(member.id()))
              .map((Member member) -> member.value(Measure.PRIVATE))
              .flatMapToLong(OptionalLong::stream)
              .max();
      pools.add(
          new Here(snapshot.manager().pid(), command, known.label(), roles.workers().size(), most));
    }
  }

  private static Map<Integer, Integer> childrenByParent(ProcFs proc) {
    Map<Integer, Integer> children = new HashMap<>();
    for (int pid : proc.processes()) {
      if (proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)
          && !stat.kernelThread()) {
        children.merge(stat.parentPid(), 1, Integer::sum);
      }
    }
    children.remove(0);
    children.remove(1);
    return children;
  }
}
