package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of FastCGI program: restarted, scaled and stopped under full load, and nothing lost.
 */
class ManagedProgramsIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  static Stream<Managed> programs() {
    return Stream.of(
        Managed.bareFcgi(),
        Managed.catalyst(),
        Managed.phpCgi(),
        Managed.libFcgi(),
        Managed.fcgiwrap());
  }

  @ParameterizedTest
  @MethodSource("programs")
  void servesThroughRestartsAndScaling(Managed program) {
    try (Site site = Site.open("managed")) {
      RunningServer pool = site.start(program, 3);
      Nginx nginx = site.nginx(pool);
      RunningLoad load =
          Load.on(nginx.address()).connections(5).within(Limits.usual().within(LONG)).start();

      for (int restart = 0; restart < 2; restart++) {
        List<Integer> before = pool.workerPids();
        Signals.send(pool.managerPid(), "HUP");
        until(site, () -> pool.workerPids().stream().noneMatch(before::contains));
        pool.awaitFullPool();
      }
      Signals.send(pool.managerPid(), "TTIN");
      until(site, () -> pool.workerPids().size() == 4);
      Signals.send(pool.managerPid(), "TTIN");
      until(site, () -> pool.workerPids().size() == 5);
      Signals.send(pool.managerPid(), "TTOU");
      until(site, () -> pool.workerPids().size() == 4);

      LoadReport report = load.stop();
      assertThat(report.lost()).as("%s%n%s", report, site.logs()).isZero();
      assertThat(report.requests()).isGreaterThan(50);
      assertThat(nginx.errors()).isEmpty();

      Signals.send(pool.managerPid(), "TERM");
      until(site, () -> !pool.isAlive());
      assertThat(pool.workerPids()).isEmpty();
      assertThat(pool.listen().isListening()).isFalse();
      assertThat(pool.log()).contains("stopped");
    }
  }
}
