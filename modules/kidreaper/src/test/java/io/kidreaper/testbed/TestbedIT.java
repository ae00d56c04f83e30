package io.kidreaper.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.load.Answers;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** That every server of the test bed is what the other integration tests take it for. */
class TestbedIT {
  private static final int WORKERS = 3;
  private static final int GROWTH_KB = 16 * 1024;

  static List<Server> servers() {
    return Servers.all();
  }

  static Stream<Arguments> serversOnEverySocket() {
    return Servers.all().stream()
        .flatMap(
            server -> server.traits().sockets().stream().map(kind -> Arguments.of(server, kind)));
  }

  @ParameterizedTest
  @MethodSource("serversOnEverySocket")
  void answersEveryRouteThroughNginx(Server server, SocketKind socket) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, WORKERS, socket);
      Nginx nginx = site.nginx(pool);
      Mix all =
          Mix.usual()
              .and(1, random -> new Route.Echo(random.nextInt(200_000), random.nextInt()))
              .and(1, random -> new Route.Sum(random.nextInt(200_000), random.nextInt()))
              .and(1, _ -> new Route.Leak(20));
      Mix mix = server.traits().preloads() ? all.and(1, _ -> new Route.Unshare(20)) : all;

      LoadReport report =
          Load.on(nginx.address())
              .of(mix)
              .connections(4)
              .within(Limits.usual().requests(300).within(Duration.ofSeconds(30)))
              .run();

      assertThat(report.lost()).as("%s%n%s", report, site.logs()).isZero();
      assertThat(report.requests()).isEqualTo(300);
      assertThat(nginx.errors()).isEmpty();
      assertThat(pool.workerPids()).hasSize(WORKERS);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void everyChildOfTheManagerIsAWorkerOrKnownNotToBe(Server server) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, WORKERS);
      Nginx nginx = site.nginx(pool);

      assertThat(pool.workerPids())
          .contains(Answers.pid(nginx.address()))
          .hasSize(WORKERS)
          .doesNotContain(pool.managerPid());
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void leakMovesPrivateMemoryByWhatItSays(Server server) {
    growsBy(server, new Route.Leak(GROWTH_KB));
  }

  static List<Server> preloadingServers() {
    return Servers.all().stream().filter(server -> server.traits().preloads()).toList();
  }

  @ParameterizedTest
  @MethodSource("preloadingServers")
  void unshareMovesPrivateMemoryByWhatItSays(Server server) {
    growsBy(server, new Route.Unshare(GROWTH_KB));
  }

  private static void growsBy(Server server, Route route) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, 1);
      Nginx nginx = site.nginx(pool);
      Load load = Load.on(nginx.address());
      int pid = Answers.pid(nginx.address());
      // What a first request of its kind loads or touches by itself is not to be counted.
      assertThat(load.once(kilobyte(route)).lost()).isZero();
      long beforeKb = PrivateMemory.dirtyKilobytes(pid);

      LoadReport report = load.once(route);

      assertThat(report.lost()).as(report.toString()).isZero();
      assertThat(Answers.pid(nginx.address())).isEqualTo(pid);
      assertThat(PrivateMemory.dirtyKilobytes(pid) - beforeKb)
          .isBetween((long) GROWTH_KB - 64, GROWTH_KB + 1024L);
    }
  }

  private static Route kilobyte(Route route) {
    return route instanceof Route.Unshare ? new Route.Unshare(1) : new Route.Leak(1);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void theManagerReplacesAKilledWorker(Server server) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, WORKERS);
      int victim = pool.workerPids().getFirst();

      ProcessHandle.of(victim).orElseThrow().destroyForcibly();

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(pool.workerPids()).hasSize(WORKERS).doesNotContain(victim));
      assertThat(pool.isAlive()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void closingLeavesNothingBehind(Server server) throws IOException {
    Site site = Site.open(server.name());
    RunningServer pool = site.start(server, WORKERS);
    site.nginx(pool);
    List<Integer> pids =
        Stream.concat(Stream.of(pool.managerPid()), pool.workerPids().stream()).toList();
    if (pool.pidfile().isPresent()) {
      assertThat(Files.readString(pool.pidfile().orElseThrow()).strip())
          .isEqualTo(String.valueOf(pool.managerPid()));
    }

    site.close();

    assertThat(ProcessInfo.inSession(pool.managerPid())).isEmpty();
    assertThat(pids).noneMatch(pid -> ProcessInfo.of(pid).filter(ProcessInfo::isAlive).isPresent());
    assertThat(site.dir().path(".")).doesNotExist();
  }
}
