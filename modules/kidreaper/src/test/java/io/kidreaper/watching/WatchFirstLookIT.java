package io.kidreaper.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.server.Catalyst;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a worker grew by since a watch first looked at it. */
class WatchFirstLookIT {
  private static final int MOST_PERCENT = 100;

  @Test
  void saysThatItWasCopyOnWriteSinceTheWatchBegan() {
    try (Site site = Site.open("first-look")) {
      RunningServer pool = site.start(new Catalyst(), 1);
      Watching watch =
          Watching.start(site, "--pidfile", pool.pidfile().orElseThrow(), "--limit", "1G");
      watch.await(() -> explained(pool, watch).has("sinceFirstLook"));

      Load.on(site.nginx(pool).address())
          .of(Mix.only(new Route.Unshare(200)))
          .connections(1)
          .within(Limits.usual().requests(40))
          .run();
      JsonNode since = explained(pool, watch).path("sinceFirstLook");

      JsonNode main = since.path("causes").get(0);
      assertThat(main.path("cause").asString()).as(since.toString()).isEqualTo("copy-on-write");
      assertThat(main.path("bytes").asLong()).as(since.toString()).isGreaterThan(40 * 180 * 1024L);
      assertThat(main.path("sharePercent").asInt()).isBetween(60, MOST_PERCENT);
    }
  }

  private static JsonNode explained(RunningServer pool, Watching watch) {
    return Kidreaper.run(
            "explain", "--manager", pool.managerPid(), "--json", "--state", watch.state())
        .json();
  }
}
