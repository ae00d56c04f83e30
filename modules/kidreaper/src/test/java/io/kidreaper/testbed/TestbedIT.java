package io.kidreaper.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.load.Answers;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.PhpFpm;
import io.kidreaper.testbed.server.ProcManager;
import io.kidreaper.testbed.server.Puma;
import io.kidreaper.testbed.server.Servers;
import io.kidreaper.testbed.server.Starman;
import io.kidreaper.testbed.server.Uwsgi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** That every server of the test bed is what the other integration tests take it for. */
class TestbedIT {
  private static final int WORKERS = 3;
  private static final int REQUESTS = 300;
  private static final int GROWTH_KB = 16 * 1024;
  // What is at hand in a heap is not asked of the kernel, and what a heap asks for is rounded up.
  private static final int LESS_KB = 64;
  private static final int MORE_KB = 1024;

  static List<Server> servers() {
    return Servers.all();
  }

  static Stream<Arguments> serversOnEverySocket() {
    return Servers.all().stream()
        .flatMap(
            server -> server.traits().sockets().stream().map(kind -> Arguments.of(server, kind)));
  }

  static List<Server> serversThatKeepConnections() {
    return List.of(new ProcManager(), new PhpFpm(), new Puma());
  }

  @ParameterizedTest
  @MethodSource("serversOnEverySocket")
  void answersEveryRouteWithTheRightBytesThroughNginx(Server server, SocketKind socket) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, WORKERS, socket);
      Nginx nginx = site.nginx(pool);

      LoadReport report =
          Load.on(nginx.address())
              .of(everyRouteOf(server))
              .connections(4)
              .within(Limits.usual().requests(REQUESTS).within(Duration.ofSeconds(60)))
              .run();

      assertThat(report.lost()).as("%s: %s%n%s", pool, report, site.logs()).isZero();
      assertThat(report.requests()).as(pool.toString()).isEqualTo(REQUESTS);
      assertThat(nginx.errors()).as(pool.toString()).isEmpty();
    }
  }

  private static Mix everyRouteOf(Server server) {
    Mix all =
        Mix.usual()
            .and(1, random -> new Route.Echo(random.nextInt(200_000), random.nextInt()))
            .and(1, random -> new Route.Sum(random.nextInt(200_000), random.nextInt()))
            .and(1, _ -> new Route.Leak(20));
    return server.traits().preloads() ? all.and(1, _ -> new Route.Unshare(20)) : all;
  }

  @ParameterizedTest
  @MethodSource("serversThatKeepConnections")
  void answersOverConnectionsThatNginxKeepsOpen(Server server) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, WORKERS);
      Nginx nginx = site.nginx(pool, NginxOptions.usual().keepingAlive(WORKERS));

      LoadReport report =
          Load.on(nginx.address())
              .connections(WORKERS)
              .within(Limits.usual().requests(REQUESTS).within(Duration.ofSeconds(60)))
              .run();

      assertThat(report.lost()).as("%s: %s%n%s", pool, report, site.logs()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void theChildrenOfTheManagerAreTheWorkersAndNothingElse(Server server) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, WORKERS);
      Nginx nginx = site.nginx(pool);

      for (int request = 0; request < 4 * WORKERS; request++) {
        assertThat(pool.workerPids()).as(pool.toString()).contains(Answers.pid(nginx.address()));
      }

      assertThat(pool.workerPids()).as(pool.toString()).hasSize(WORKERS);
      assertThat(ProcessInfo.inSession(pool.managerPid()))
          .as(pool.toString())
          .extracting(ProcessInfo::pid)
          .containsExactlyInAnyOrderElementsOf(allPids(pool));
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void leakAndUnshareMovePrivateMemoryByWhatTheySay(Server server) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, 1);
      Load load = Load.on(site.nginx(pool).address());
      int pid = pool.workerPids().getFirst();

      assertThat(growthKb(load, pid, new Route.Leak(1), new Route.Leak(GROWTH_KB)))
          .as(pool.toString())
          .isBetween((long) GROWTH_KB - LESS_KB, (long) GROWTH_KB + MORE_KB);
      if (server.traits().preloads()) {
        assertThat(growthKb(load, pid, new Route.Unshare(1), new Route.Unshare(GROWTH_KB)))
            .as(pool.toString())
            .isBetween((long) GROWTH_KB - LESS_KB, (long) GROWTH_KB + MORE_KB);
      }
      assertThat(pool.workerPids()).as(pool.toString()).containsExactly(pid);
    }
  }

  // What the first request of a kind loads or touches by itself is not to be counted.
  private static long growthKb(Load load, int pid, Route first, Route counted) {
    assertThat(load.once(first).losses()).isEmpty();
    long beforeKb = PrivateMemory.dirtyKilobytes(pid);
    assertThat(load.once(counted).losses()).isEmpty();
    return PrivateMemory.dirtyKilobytes(pid) - beforeKb;
  }

  @ParameterizedTest
  @MethodSource("servers")
  void theManagerReplacesAWorkerThatIsKilledAndOneThatIsAskedToGo(Server server) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, WORKERS);
      Nginx nginx = site.nginx(pool);

      Signals.send(pool.workerPids().getFirst(), "KILL");
      pool.awaitFullPool();

      // One that has answered has its handlers in place: a newborn has not.
      int victim = Answers.pid(nginx.address());
      Signals.send(victim, server.traits().retireSignal());
      Awaitility.await("the end of " + victim + " of " + pool)
          .atMost(Duration.ofSeconds(30))
          .until(() -> !pool.workerPids().contains(victim));
      pool.awaitFullPool();

      assertThat(pool.isAlive()).as(pool.toString()).isTrue();
    }
  }

  static List<Server> oneServerOfEachProtocol() {
    return List.of(new ProcManager(), new Uwsgi(), new Starman());
  }

  @ParameterizedTest
  @MethodSource("oneServerOfEachProtocol")
  void theLoadSeesTheRequestThatAKilledWorkerLoses(Server server) throws IOException {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = site.start(server, 1);
      Nginx nginx = site.nginx(pool);
      int victim = Answers.pid(nginx.address());
      long idle = idleDescriptors(victim);
      RunningLoad load =
          Load.on(nginx.address())
              .of(Mix.only(new Route.Stream(300, 100)))
              .connections(1)
              .within(Limits.usual().requests(1))
              .start();
      Awaitility.await("a connection of " + pool)
          .atMost(Duration.ofSeconds(20))
          .until(() -> descriptors(victim) > idle);

      Signals.send(victim, "KILL");
      LoadReport report = load.await();

      assertThat(report.lost()).as(pool.toString()).isEqualTo(1);
      assertThat(report.losses()).as(pool.toString()).hasSize(1);
    }
  }

  /** The least of a while: the connection of the request before may still be open. */
  private static long idleDescriptors(int pid) throws IOException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 30; i++) {
      least = Math.min(least, descriptors(pid));
      LockSupport.parkNanos(10_000_000);
    }
    return least;
  }

  private static long descriptors(int pid) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return open.count();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void closingLeavesNothingBehind(Server server) throws IOException {
    Site site = Site.open(server.name());
    RunningServer pool = site.start(server, WORKERS);
    site.nginx(pool);
    List<Integer> pids = allPids(pool);
    if (pool.pidfile().isPresent()) {
      assertThat(Files.readString(pool.pidfile().orElseThrow()).strip())
          .isEqualTo(String.valueOf(pool.managerPid()));
    }

    site.close();

    assertThat(ProcessInfo.inSession(pool.managerPid())).as(pool.toString()).isEmpty();
    assertThat(pids)
        .as(pool.toString())
        .noneMatch(pid -> ProcessInfo.of(pid).filter(ProcessInfo::isAlive).isPresent());
    assertThat(site.dir().path(".")).doesNotExist();
  }

  private static List<Integer> allPids(RunningServer pool) {
    return Stream.concat(Stream.of(pool.managerPid()), pool.workerPids().stream()).toList();
  }
}
