package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;

import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;

/**
 * The long form of the managed pool's tests, for {@code bench/soak/run}: one pool at full load
 * through all that can happen to it, and the requests that each part cost. Ends with status 1 if
 * any was lost but those that a worker held when it was killed.
 */
public final class ManagedSoak {
  private static final int CONNECTIONS = 8;
  private static final int LEAK_KB = 4096;

  private ManagedSoak() {}

  /** Something done to a pool under load. */
  private interface Part {
    /** How often it was done. */
    int run(ManagedSite site, RunningLoad load);
  }

  /**
   * @param args limit retirements, rolling restarts, killed workers; and how workers come into
   *     being: exec or fork
   */
  public static void main(String[] args) {
    int retirements = Integer.parseInt(args[0]);
    int restarts = Integer.parseInt(args[1]);
    int kills = Integer.parseInt(args[2]);
    String spawn = args[3];
    int lost = 0;
    int cutByKills;
    System.out.printf(
        "%-34s %8s %10s %6s %9s %9s%n", "part", "done", "requests", "lost", "p50 ms", "p99 ms");
    try (ManagedSite site =
        ManagedSite.open(
            Managed.bareFcgi().with("--limit", "30M", "--every", "100ms", "--spawn", spawn), 4)) {
      try (PeakWatch workers = new PeakWatch(site)) {
        lost +=
            part(
                "limit retirements",
                site,
                leaks(),
                (pool, load) -> limits(pool, load, retirements));
        System.out.printf(
            Locale.ROOT,
            "limit 30 MB, %d KB a leak, largest worker seen: %.1f MB%n",
            LEAK_KB,
            workers.peakKilobytes() / 1024.0);
      }
      lost += part("rolling restarts", site, Mix.usual(), (pool, _) -> restarts(pool, restarts));
      lost += part("scale 2, 20, 2", site, Mix.usual(), (pool, _) -> scale(pool));
      cutByKills = part("kill -9 of workers", site, Mix.usual(), (pool, _) -> kills(pool, kills));
      lost += part("kill -9 of kidreaper, adoption", site, Mix.usual(), ManagedSoak::adoption);
      lost += part("takeover", site, Mix.usual(), ManagedSoak::takeover);
    }
    System.out.printf(
        "%d requests lost, and %d of the workers that were killed%n", lost, cutByKills);
    if (lost > 0 || cutByKills > kills) {
      System.exit(1);
    }
  }

  private static Mix leaks() {
    return Mix.quick().and(6, _ -> new Route.Leak(LEAK_KB));
  }

  /** The requests that it cost. */
  private static int part(String name, ManagedSite site, Mix mix, Part part) {
    RunningLoad load =
        Load.on(site.nginx().address())
            .of(mix)
            .connections(CONNECTIONS)
            .within(Limits.usual().requests(5_000_000).within(Duration.ofMinutes(15)))
            .start();
    int done = part.run(site, load);
    LoadReport report = load.stop();
    System.out.printf(
        Locale.ROOT,
        "%-34s %8d %10d %6d %9.1f %9.1f%n",
        name,
        done,
        report.requests(),
        report.lost(),
        report.p50Millis(),
        report.p99Millis());
    if (report.lost() > 0) {
      System.out.println(report);
    }
    return report.lost();
  }

  private static int limits(ManagedSite site, RunningLoad load, int wanted) {
    int done = 0;
    while (done < wanted) {
      int answered = load.answered();
      until(site.site(), () -> load.answered() > answered + 500);
      done = site.said("private limit 30.0M reached.*between two requests");
    }
    return done;
  }

  private static int restarts(ManagedSite site, int wanted) {
    for (int i = 0; i < wanted; i++) {
      int before = site.said("restart complete");
      site.ctl("restart");
      until(site.site(), () -> site.said("restart complete") > before);
    }
    return wanted;
  }

  private static int scale(ManagedSite site) {
    for (int workers : new int[] {2, 20, 2, 4}) {
      site.ctl("scale", workers);
      until(
          site.site(),
          () -> site.ctl("status").out().contains(workers + " ready, 0 starting, 0 draining"));
    }
    return 4;
  }

  private static int kills(ManagedSite site, int wanted) {
    Random random = new Random(7);
    for (int i = 0; i < wanted; i++) {
      // A worker that dies young is replaced later and later; those of age have served well.
      long untilNanos = System.nanoTime() + Duration.ofSeconds(6).toNanos() / 4;
      until(
          site.site(),
          () -> System.nanoTime() > untilNanos && site.pool().workerPids().size() >= 4);
      var there = site.pool().workerPids();
      ProcessHandle.of(there.get(random.nextInt(4))).ifPresent(ProcessHandle::destroyForcibly);
    }
    until(site.site(), () -> site.ctl("status").out().contains("4 ready, 0 starting"));
    return wanted;
  }

  private static int adoption(ManagedSite site, RunningLoad load) {
    Signals.send(site.pool().managerPid(), "KILL");
    until(site.site(), () -> !site.pool().isAlive());
    int answered = load.answered();
    until(site.site(), () -> load.answered() > answered + 500);
    Session next = site.again();
    until(site.site(), () -> site.ctl("status").out().contains("(process " + next.pid() + ")"));
    return 1;
  }

  private static int takeover(ManagedSite site, RunningLoad load) {
    Session next = site.again("--takeover");
    until(site.site(), () -> site.ctl("status").out().contains("(process " + next.pid() + ")"));
    int answered = load.answered();
    until(site.site(), () -> load.answered() > answered + 500);
    return 1;
  }
}
