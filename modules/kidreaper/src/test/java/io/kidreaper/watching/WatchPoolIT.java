package io.kidreaper.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.Nginx;
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
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One pool of somebody else's, watched while it serves and leaks. */
class WatchPoolIT {
  private static final int WORKERS = 4;
  private static final int RETIREMENTS = 6;

  static List<Server> servers() {
    return List.of(new Catalyst(), new ProcManager());
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
