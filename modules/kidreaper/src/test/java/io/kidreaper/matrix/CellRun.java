package io.kidreaper.matrix;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Escalation;
import io.kidreaper.retire.Manner;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.RunningLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs one cell: a real server behind nginx, a load that checks every byte, and its workers
 * retired.
 */
final class CellRun {
  private static final int WORKERS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(30);

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
      LoadReport calm = load.within(load.limits().within(cell.calm())).run();
      RunningLoad running = load.start();
      List<Attempt> attempts = retire(server);
      LoadReport report = running.stop();
      server.awaitFullPool();
      return new CellReport(cell, attempts, calm, report);
    }
  }

  private List<Attempt> retire(RunningServer server) {
    Manner manner = new Manner(cell.signal(), PATIENCE, GRACE, Escalation.NONE, false);
    List<Attempt> attempts = new ArrayList<>();
    long until = System.nanoTime() + Duration.ofSeconds(cell.seconds() - 5).toNanos();
    try (AttachedPool pool = AttachedPool.of(server.managerPid())) {
      while (attempts.size() < cell.retirements() && System.nanoTime() < until) {
        ProcessId eldest = pool.workersEldestFirst().getFirst();
        Attempt attempt = new Attempt(eldest, pool.retire(eldest, cell.at(), manner));
        if (!attempt.sparedNewborn()) {
          attempts.add(attempt);
        }
      }
    }
    return attempts;
  }
}
