package io.kidreaper.matrix;

import io.kidreaper.linux.LinuxProcesses;
import io.kidreaper.linux.ManagerCheck;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.PidfdManagerWatch;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcPool;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.linux.trace.BoundaryDeliverer;
import io.kidreaper.linux.trace.PeekObserver;
import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.At;
import io.kidreaper.retire.AtAnyMoment;
import io.kidreaper.retire.Deliverer;
import io.kidreaper.retire.ManagerWatch;
import io.kidreaper.retire.Manner;
import io.kidreaper.retire.Observer;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.Processes;
import io.kidreaper.retire.Progress;
import io.kidreaper.retire.Retirement;
import io.kidreaper.retire.Succession;
import io.kidreaper.retire.Time;
import io.kidreaper.retire.WhenSeenIdle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/** A running server's pool as kidreaper has it, ready to retire workers of. */
final class AttachedPool implements AutoCloseable {
  private final Processes processes;
  private final Observer observer = new PeekObserver();
  private final Time time = new WallTime();
  private final PoolReader pool;
  private final ManagerWatch watch;
  private final BoundaryDeliverer boundary = new BoundaryDeliverer();

  /** Attaches to the pool of this manager. */
  static AttachedPool of(int managerPid) {
    NativeLibc libc = new NativeLibc();
    ProcFs proc = new ProcFs(libc, Path.of("/proc"));
    ProcessId manager =
        switch (new ManagerCheck(proc).check(managerPid)) {
          case ManagerCheck.Result.Accepted accepted -> accepted.manager();
          case ManagerCheck.Result.Refused(String reason) ->
              throw new IllegalStateException(reason);
        };
    return new AttachedPool(libc, proc, SystemFacts.read(proc), manager);
  }

  private AttachedPool(NativeLibc libc, ProcFs proc, SystemFacts facts, ProcessId manager) {
    this.processes = new LinuxProcesses(libc, proc, facts);
    this.pool = new ProcPool(proc, libc, facts, manager);
    this.watch = new PidfdManagerWatch(processes, manager, () -> OptionalInt.of(manager.pid()));
  }

  /** Retires one worker and waits for its replacement. */
  Outcome retire(ProcessId worker, At at, Manner manner) {
    Deliverer deliverer =
        switch (at) {
          case BOUNDARY -> boundary;
          case IDLE -> new WhenSeenIdle(observer, time);
          case ANY -> new AtAnyMoment(observer, time);
        };
    return new Retirement(
            processes,
            deliverer,
            observer,
            watch,
            new Succession(pool, workersEldestFirst()),
            time,
            Progress.NONE,
            () -> false)
        .retire(worker, manner);
  }

  /** Its workers at this moment. */
  List<ProcessId> workersEldestFirst() {
    return switch (pool.read(_ -> false)) {
      case PoolReading.Read(var snapshot) ->
          snapshot.ids().stream()
              .sorted(
                  Comparator.comparingLong(ProcessId::startTicks).thenComparingInt(ProcessId::pid))
              .toList();
      case PoolReading.ManagerGone(String reason) -> throw new IllegalStateException(reason);
      case PoolReading.Unreadable(String reason) -> throw new IllegalStateException(reason);
    };
  }

  @Override
  public void close() {
    boundary.close();
    pool.close();
    watch.close();
  }

  private static final class WallTime implements Time {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public void sleep(Duration duration) {
      try {
        Thread.sleep(duration);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
