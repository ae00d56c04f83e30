package io.kidreaper.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Run;
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
import io.kidreaper.testbed.server.Gunicorn;
import io.kidreaper.testbed.server.PhpFpm;
import io.kidreaper.testbed.server.Starman;
import io.kidreaper.testbed.server.Unicorn;
import io.kidreaper.testbed.server.Uwsgi;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * {@code explain --requests} on real servers under load: the routes that grow a worker are named.
 */
class RoutesIT {
  private static final int LEAK_KB = 500;
  private static final int UNSHARE_KB = 400;
  private static final int REQUESTS = 60;
  private static final int LEAST_REQUESTS = 12;
  private static final long NOTHING_BYTES = 32 * 1024;

  static Stream<Server> servers() {
    return Stream.of(
        new Catalyst(), new PhpFpm(), new Starman(), new Gunicorn(), new Unicorn(), new Uwsgi());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void theLeakingAndTheUnsharingRouteAreNamed(Server server) {
    try (Site site = Site.open("routes-" + server.name())) {
      // One: of two, the kernel gives most requests to the one that is not slowed.
      RunningServer pool = site.start(server, 1);
      boolean preloads = server.traits().preloads();
      Mix mix =
          Mix.empty()
              .and(3, _ -> new Route.Hello())
              .and(2, _ -> new Route.Pid())
              .and(2, _ -> new Route.Leak(LEAK_KB));
      Load load =
          Load.on(site.nginx(pool).address())
              .of(preloads ? mix.and(2, _ -> new Route.Unshare(UNSHARE_KB)) : mix)
              .connections(4)
              .within(Limits.usual().within(Duration.ofSeconds(30)))
              .every(Duration.ofMillis(40));
      // Slow enough that not all of what was preloaded is unshared before the following begins.
      // What first requests load is there before anybody looks.
      assertThat(load.of(Mix.quick()).within(Limits.usual().requests(80)).run().lost()).isZero();

      RunningLoad running = load.start();
      Run run =
          Kidreaper.with(
                  "explain",
                  pool.workerPids().getFirst(),
                  "--requests",
                  REQUESTS,
                  "--for",
                  "12s",
                  "--json")
              .within(Duration.ofSeconds(60))
              .run();
      LoadReport report = running.stop();

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(report.lost()).as(report.toString()).isZero();
      JsonNode followed = run.json().path("followed");
      assertThat(followed.path("requests").asInt())
          .as(run.toString())
          .isBetween(LEAST_REQUESTS, REQUESTS);
      JsonNode leak = route(followed, "/leak");
      assertThat(typicalBytes(leak, "allocated"))
          .as(followed.toString())
          .isCloseTo(LEAK_KB * 1024L, within(LEAK_KB * 1024L / 10));
      if (preloads) {
        JsonNode unshare = route(followed, "/unshare");
        assertThat(typicalBytes(unshare, "unshared"))
            .as(followed.toString())
            .isCloseTo(UNSHARE_KB * 1024L, within(UNSHARE_KB * 1024L / 10));
        assertThat(unshare.path("allocated").path("medianBytes").asLong())
            .as(followed.toString())
            .isLessThan(NOTHING_BYTES);
      }
      for (String clean : new String[] {"/hello", "/pid"}) {
        assertThat(route(followed, clean).path("private").path("medianBytes").asLong())
            .as(followed.toString())
            .isLessThan(NOTHING_BYTES);
      }
      assertThat(run.out()).doesNotContain("kb=");
      // By what they added in all, which of the two is worse depends on how often each was asked.
      assertThat(followed.path("routes").get(0).path("path").asString())
          .isIn(preloads ? List.of("/leak", "/unshare") : List.of("/leak"));
    }
  }

  /** What lies between two requests is no request's: one may have reused what was free. */
  private static long typicalBytes(JsonNode route, String figure) {
    String which = route.path("requests").asInt() < 3 ? "maximumBytes" : "medianBytes";
    return route.path(figure).path(which).asLong();
  }

  /** A load that only unshares and one that only leaks are told apart. */
  @Test
  void catalystsTwoKindsOfGrowthAreToldApart() {
    try (Site site = Site.open("routes-apart")) {
      RunningServer pool = site.start(new Catalyst(), 2);
      Load load =
          Load.on(site.nginx(pool).address())
              .connections(2)
              .within(Limits.usual().within(Duration.ofSeconds(30)))
              .every(Duration.ofMillis(40));
      assertThat(load.of(Mix.quick()).within(Limits.usual().requests(60)).run().lost()).isZero();

      JsonNode unsharing = watched(load.of(Mix.only(new Route.Unshare(200))), pool);
      JsonNode leaking = watched(load.of(Mix.only(new Route.Leak(200))), pool);

      assertThat(mainCause(unsharing)).as(unsharing.toString()).isEqualTo("copy-on-write");
      assertThat(mainCause(leaking)).as(leaking.toString()).isEqualTo("allocation");
      assertThat(leaking.path("trend").path("shape").asString())
          .as(leaking.path("trend").toString())
          .isEqualTo("line");
    }
  }

  private static JsonNode watched(Load load, RunningServer pool) {
    RunningLoad running = load.start();
    Run run =
        Kidreaper.with("explain", "--manager", pool.managerPid(), "--for", "4s", "--json")
            .within(Duration.ofSeconds(60))
            .run();
    LoadReport report = running.stop();
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(report.lost()).as(report.toString()).isZero();
    return run.json();
  }

  private static String mainCause(JsonNode explanation) {
    JsonNode main = explanation.path("growth").path("causes").get(0);
    assertThat(main.path("sharePercent").asInt()).isGreaterThanOrEqualTo(90);
    return main.path("cause").asString();
  }

  private static JsonNode route(JsonNode followed, String path) {
    return StreamSupport.stream(followed.path("routes").spliterator(), false)
        .filter(route -> route.path("path").asString().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + path + " in " + followed));
  }
}
