package io.kidreaper.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.sweep.Pool;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.ProcManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What should not happen, again and again. */
class WatchChaosIT {
  private static final int WORKERS = 4;
  private static final int DEATHS = 5;
  private static final int RELOADS = 100;

  /**
   * kidreaper is killed at random moments while it retires, and started again: no worker is left
   * stopped or traced, no request is lost, and the next one goes on.
   */
  @Test
  void itsDeathAtAnyMomentLeavesEverybodyServing() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Site site = Site.open("deaths")) {
      RunningServer pool = site.start(new ProcManager(), WORKERS);
      Nginx nginx = site.nginx(pool);
      RunningLoad load =
          Load.on(nginx.address())
              .of(Mix.usual().and(4, _ -> new Route.Leak(4096)))
              .connections(4)
              .within(Limits.usual().requests(2_000_000).within(Duration.ofMinutes(2)))
              .start();
      try {
        for (int i = 0; i < DEATHS; i++) {
          Watching watch =
              Watching.start(
                  site,
                  "--pidfile",
                  pool.pidfile().orElseThrow(),
                  "--cpu",
                  "20%",
                  "--limit",
                  "40M",
                  "--min-age",
                  "2s",
                  "--pause",
                  "0s",
                  "--every",
                  "50ms");
          // Some time after it has begun to retire somebody, which is all within a few
          // milliseconds.
          watch.awaitSaid("is to go");
          long untilNanos = System.nanoTime() + random.nextLong(50_000_000);
          watch.await(() -> System.nanoTime() > untilNanos);
          watch.signal("KILL");
          watch.await(() -> !watch.isAlive());
          int answered = load.answered();
          watch.await(() -> load.answered() > answered + 100);
          assertThat(pool.workers())
              .as("seed %d", seed)
              .extracting(ProcessInfo::state)
              .doesNotContain('T', 't');
        }
        pool.awaitFullPool();
        LoadReport report = load.stop();
        assertThat(report.lost()).as("seed %d: %s", seed, report).isZero();
      } finally {
        load.close();
      }
    }
  }

  /** The configuration is read a hundred times while workers come, go, and vanish mid-read. */
  @Test
  void reloadsAndWorkersThatVanishCostNothing() {
    try (Site site = Site.open("churn")) {
      Pool brief = Pool.start(site, 12, "life=150");
      Pool steady = Pool.start(site, 2, "grow=0:20");
      String[] lines = {
        "[defaults]",
        "min-age = \"2s\"",
        "pause = \"0s\"",
        "every = \"50ms\"",
        "[pool.brief]",
        "pidfile = \"" + brief.pidfile() + "\"",
        "limit = \"1G\"",
        "max-age = \"1h\"",
        "[pool.steady]",
        "pidfile = \"" + steady.pidfile() + "\"",
        "limit = \"1G\""
      };
      Path config = Watching.config(site, lines);
      Watching watch = Watching.start(site, "--config", config);
      watch.awaitSaid("brief found");
      for (int i = 1; i <= RELOADS; i++) {
        lines[3] = "every = \"" + (50 + i % 2 * 10) + "ms\"";
        lines[10] = "limit = \"" + (i == RELOADS ? "9M" : "1G") + "\"";
        Watching.write(config, lines);
        int told = i;
        watch.signal("HUP");
        watch.await(() -> watch.said("configuration read again") >= told);
      }
      watch.awaitSaid("steady worker " + steady.pid(0) + " left");
      assertThat(watch.said("fault")).as(watch.log()).isZero();
      assertThat(brief.signals()).isEmpty();
      assertThat(brief.readyCount()).as("workers that came and went").isGreaterThan(30);
      assertThat(steady.signals()).containsExactly(steady.pid(0) + " HUP");
      watch.end();
    }
  }
}
