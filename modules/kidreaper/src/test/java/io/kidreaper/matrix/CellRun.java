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
import io.kidreaper.retire.AtAnyMoment;
import io.kidreaper.retire.Deliverer;
import io.kidreaper.retire.Escalation;
import io.kidreaper.retire.ManagerWatch;
import io.kidreaper.retire.Manner;
import io.kidreaper.retire.Observer;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.ProcessRef;
import io.kidreaper.retire.Processes;
import io.kidreaper.retire.Progress;
import io.kidreaper.retire.Retirement;
import io.kidreaper.retire.Succession;
import io.kidreaper.retire.Time;
import io.kidreaper.retire.WhenSeenIdle;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.RunningLoad;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * Runs one cell: a real server behind nginx, a load that checks every byte, and its workers
 * retired.
 */
final class CellRun {
  private static final int WORKERS = 4;
  private static final Duration CALM = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final NativeLibc libc = new NativeLibc();
  private final ProcFs proc = new ProcFs(libc, Path.of("/proc"));
  private final SystemFacts facts = SystemFacts.read(proc);
  private final Processes processes = new LinuxProcesses(libc, proc, facts);
  private final Observer observer = new PeekObserver();
  private final Cell cell;

  CellRun(Cell cell) {
    this.cell = cell;
  }

  CellReport run() {
    try (Site site = Site.open("matrix-" + cell.server().name())) {
      RunningServer server =
          site.start(cell.server(), WORKERS, cell.server().traits().usualSocket());
      Nginx nginx = site.nginx(server);
      server.awaitFullPool();
      Load load =
          cell.pressure()
              .of(Load.on(nginx.address()))
              .within(
                  Limits.usual()
                      .requests(Integer.MAX_VALUE)
                      .within(Duration.ofSeconds(cell.seconds())));
      LoadReport calm = load.within(load.limits().within(CALM)).run();
      RunningLoad running = load.start();
      List<Attempt> attempts = retire(server);
      LoadReport report = running.stop();
      server.awaitFullPool();
      return new CellReport(cell, attempts, calm, report);
    }
  }

  private List<Attempt> retire(RunningServer server) {
    ProcessId manager =
        switch (new ManagerCheck(proc).check(server.managerPid())) {
          case ManagerCheck.Result.Accepted accepted -> accepted.manager();
          case ManagerCheck.Result.Refused(String reason) ->
              throw new IllegalStateException(reason);
        };
    ProcessRef held =
        switch (processes.open(manager)) {
          case Processes.Opened.Here(ProcessRef here) -> here;
          case Processes.Opened.Gone gone -> throw new IllegalStateException(gone.toString());
          case Processes.Opened.Refused(String reason) -> throw new IllegalStateException(reason);
        };
    try (PoolReader pool = new ProcPool(proc, libc, facts, manager);
        ManagerWatch watch =
            new PidfdManagerWatch(held, () -> OptionalInt.of(server.managerPid()));
        BoundaryDeliverer boundary = new BoundaryDeliverer()) {
      Time time = new WallTime();
      Deliverer deliverer =
          switch (cell.at()) {
            case BOUNDARY -> boundary;
            case IDLE -> new WhenSeenIdle(observer, time);
            case ANY -> new AtAnyMoment(observer, time);
          };
      List<Attempt> attempts = new ArrayList<>();
      long until = System.nanoTime() + Duration.ofSeconds(cell.seconds() - 5).toNanos();
      while (attempts.size() < cell.retirements() && System.nanoTime() < until) {
        List<ProcessId> workers = eldestFirst(pool);
        Retirement retirement =
            new Retirement(
                processes,
                deliverer,
                observer,
                watch,
                new Succession(pool, workers),
                time,
                Progress.NONE,
                () -> false);
        ProcessId eldest = workers.getFirst();
        Outcome outcome =
            retirement.retire(
                eldest, new Manner(cell.signal(), PATIENCE, GRACE, Escalation.NONE, false));
        attempts.add(new Attempt(eldest, outcome));
      }
      return attempts;
    }
  }

  private static List<ProcessId> eldestFirst(PoolReader pool) {
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
