package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.ProcessInfo;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One sweep over the pools that the tool was made for, while they serve. */
class RealPoolsIT {
  private static final int WORKERS = 5;
  private static final int LEAK_KB = 80 * 1024;
  private static final int UNSHARE_KB = 56 * 1024;
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  static List<Server> servers() {
    return List.of(new Catalyst(), new ProcManager());
  }

  /**
   * Of five workers one has leaked and one has unshared what was preloaded. While requests run, a
   * sweep retires these two and nobody else, nobody else gets a signal, and the manager has as many
   * workers as before. Every request is answered right to its last byte, the one too that a victim
   * is in the middle of when the sweep begins.
   */
  @ParameterizedTest
  @MethodSource("servers")
  void retiresTheGrownWorkersAndNobodyElseWhileRequestsRun(Server server) {
    try (Site site = Site.open(server.name())) {
      RunningServer pool = SignalsLogged.start(site, server, WORKERS);
      Nginx nginx = site.nginx(pool);
      Growth growth = Growth.of(pool, nginx);
      int leaked = growth.one(new Route.Leak(LEAK_KB), LEAK_KB, Set.of());
      int unshared = growth.one(new Route.Unshare(UNSHARE_KB), UNSHARE_KB, Set.of(leaked));
      Set<Identity> before = Identity.childrenOf(pool.managerPid());
      Set<Integer> victims = Set.of(leaked, unshared);
      List<RunningLoad> streams = streamsUntilBusy(nginx, leaked);
      RunningLoad load =
          Load.on(nginx.address())
              .of(Mix.quick())
              .connections(4)
              .every(Duration.ofMillis(40))
              .start();
      try {
        Program.Running sweep =
            Kidreaper.with(
                    "reap", "--pidfile", pool.pidfile().orElseThrow(), "--limit", "40M", "--json")
                .start();
        Run run = sweep.await();
        int meanwhile = load.answered();
        LoadReport report = load.stop();

        assertThat(run.status()).as(run.toString()).isZero();
        assertThat(run.workersThat("retired")).as(run.toString()).isEqualTo(victims);
        assertThat(run.workersThat("kept")).hasSize(WORKERS - victims.size());
        streams.forEach(stream -> assertThat(stream.await().lost()).isZero());
        assertThat(meanwhile).as("requests during the sweep").isPositive();
        assertThat(report.lost()).as(report.toString()).isZero();
        assertThat(nginx.errors()).isEmpty();

        Set<Identity> after = Identity.childrenOf(pool.managerPid());
        assertThat(after).hasSize(WORKERS);
        Set<Identity> stayed = new HashSet<>(before);
        stayed.removeIf(worker -> victims.contains(worker.pid()));
        assertThat(after).containsAll(stayed);
        assertThat(SignalsLogged.of(site))
            .extracting(Received::what)
            .containsExactlyInAnyOrder(leaked + " HUP", unshared + " HUP");
        assertThat(pool.isAlive()).isTrue();
      } finally {
        load.close();
        streams.forEach(RunningLoad::close);
      }
    }
  }

  /** Asks for slow answers, one after another, until the one worker is at work on one. */
  private static List<RunningLoad> streamsUntilBusy(Nginx nginx, int worker) {
    List<RunningLoad> streams = new ArrayList<>();
    for (int i = 0; i < WORKERS && !holdsRequest(worker); i++) {
      streams.add(
          Load.on(nginx.address())
              .of(Mix.only(new Route.Stream(60, 100)))
              .connections(1)
              .within(Limits.usual().requests(1))
              .start());
      Awaitility.await()
          .atMost(START_LIMIT)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> idle(worker) == WORKERS - streams.size());
    }
    assertThat(holdsRequest(worker)).isTrue();
    return streams;
  }

  /** How many workers of the pool that this one is of are between two requests. */
  private static long idle(int worker) {
    int manager = ProcessInfo.of(worker).orElseThrow().parentPid();
    return ProcessInfo.childrenOf(manager).stream()
        .filter(child -> !holdsRequest(child.pid()))
        .count();
  }

  /** Whether it has a socket beside the one that it listens on. */
  private static boolean holdsRequest(int worker) {
    int sockets = 0;
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc/" + worker + "/fd"))) {
      for (Path descriptor : open) {
        if (Files.readSymbolicLink(descriptor).toString().startsWith("socket:")) {
          sockets++;
        }
      }
      return sockets > 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
