package io.kidreaper.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.PrivateMemory;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Catalyst;
import io.kidreaper.testbed.server.ProcManager;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One pool of somebody else's, watched while it serves and leaks. */
class WatchPoolIT {
  private static final int WORKERS = 4;
  private static final int RETIREMENTS = 6;

  static List<Server> servers() {
    return List.of(new Catalyst(), new ProcManager());
  }

  /** Several over their limit go one after another, each when the one before is replaced. */
  @Test
  void thoseThatWaitForOthersDoNotWaitForATick() {
    try (Site site = Site.open("waiting")) {
      RunningServer pool = site.start(new ProcManager(), WORKERS);
      List<Integer> before = pool.workerPids();
      grow(site.nginx(pool), before);
      awaitAge(before, Duration.ofSeconds(3));
      Watching watch =
          Watching.start(
              site,
              "--manager",
              pool.managerPid(),
              "--limit",
              "40M",
              "--samples",
              "1",
              "--min-age",
              "2s",
              "--pause",
              "100ms",
              "--every",
              "10m");
      watch.await(() -> pool.workerPids().stream().noneMatch(before::contains));
      watch.await(() -> watch.said("left .* is in its place") == WORKERS);
      watch.end();
    }
  }

  private static void awaitAge(List<Integer> workers, Duration age) {
    Instant old = Instant.now().minus(age);
    Instant youngest =
        workers.stream()
            .map(pid -> ProcessHandle.of(pid).orElseThrow().info().startInstant().orElseThrow())
            .max(Comparator.naturalOrder())
            .orElseThrow();
    if (youngest.isAfter(old)) {
      LockSupport.parkNanos(Duration.between(old, youngest).toNanos());
    }
  }

  private static void grow(Nginx nginx, List<Integer> workers) {
    try (RunningLoad load =
        Load.on(nginx.address())
            .of(Mix.only(new Route.Leak(8_192)))
            .connections(WORKERS)
            .every(Duration.ofMillis(20))
            .within(Limits.usual().requests(1_000))
            .start()) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              workers.stream().allMatch(pid -> PrivateMemory.dirtyKilobytes(pid) > 60 * 1_024));
      assertThat(load.stop().lost()).isZero();
    }
  }

  /**
   * Workers that leak under load are retired one after another, each replaced, no request lost; at
   * TERM kidreaper ends and leaves the pool as it is.
   */
  @ParameterizedTest
  @MethodSource("servers")
  void retiresLeakingWorkersUnderLoadAndLeavesThePoolServing(Server server) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, WORKERS);
      Nginx nginx = site.nginx(pool);
      Watching watch =
          Watching.start(
              site,
              "--pidfile",
              pool.pidfile().orElseThrow(),
              "--cpu",
              "20%",
              "--limit",
              "60M",
              "--min-age",
              "2s",
              "--pause",
              "200ms",
              "--every",
              "200ms");
      RunningLoad load =
          Load.on(nginx.address())
              .of(Mix.quick().and(4, _ -> new Route.Leak(4096)))
              .connections(4)
              .within(Limits.usual().requests(2_000_000).within(Duration.ofMinutes(2)))
              .start();
      try {
        watch.await(
            () -> watch.said("left .* between two requests.* is in its place") >= RETIREMENTS);
        watch.end();
        int answered = load.answered();
        watch.await(() -> load.answered() > answered + 50);
        LoadReport report = load.stop();

        assertThat(report.lost()).as(report + watch.log()).isZero();
        assertThat(nginx.errors()).isEmpty();
        assertThat(watch.log()).contains("private limit 60.0M reached", "all workers serve on");
        assertThat(watch.said("fault")).as(watch.log()).isZero();
        assertThat(pool.isAlive()).isTrue();
        pool.awaitFullPool();
      } finally {
        load.close();
      }
    }
  }
}
