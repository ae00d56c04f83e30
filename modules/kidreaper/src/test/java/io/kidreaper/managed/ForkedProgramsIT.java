package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of FastCGI program forked from a template, under full load, and nothing lost. */
class ForkedProgramsIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final Pattern STANDS =
      Pattern.compile("the template \\(process (\\d+)\\) stands after \\d+ ms");

  static Stream<Managed> programs() {
    return Stream.of(
            Managed.bareFcgi(),
            Managed.catalyst(),
            Managed.phpCgi(),
            Managed.libFcgi(),
            Managed.fcgiwrap())
        .map(Managed::forked);
  }

  @ParameterizedTest
  @MethodSource("programs")
  void forksUnderLoadThroughRestartsAndScaling(Managed program) {
    try (Site site = Site.open("forked")) {
      RunningServer pool = site.start(program, 3);
      Nginx nginx = site.nginx(pool);
      RunningLoad load =
          Load.on(nginx.address()).connections(5).within(Limits.usual().within(LONG)).start();

      for (int restart = 0; restart < 3; restart++) {
        List<Integer> before = pool.workerPids();
        Signals.send(pool.managerPid(), "HUP");
        until(site, () -> pool.workerPids().stream().noneMatch(before::contains));
        until(site, () -> pool.workerPids().size() == 3);
      }
      for (int round = 0; round < 4; round++) {
        // One by one, since two signals of a kind that come at once are one.
        scale(site, pool, "TTIN", 4);
        scale(site, pool, "TTIN", 5);
        scale(site, pool, "TTOU", 4);
        scale(site, pool, "TTOU", 3);
      }

      LoadReport report = load.stop();
      assertThat(report.lost()).as("%s%n%s", report, site.logs()).isZero();
      assertThat(report.requests()).isGreaterThan(50);
      assertThat(nginx.errors()).isEmpty();
      assertThat(templates(pool)).as(pool.log()).hasSize(4);

      Signals.send(pool.managerPid(), "TERM");
      until(site, () -> !pool.isAlive());
      assertThat(pool.log()).contains("stopped");
      assertThat(templates(pool)).allMatch(pid -> ProcessInfo.of(pid).isEmpty());
    }
  }

  @Test
  void whenKidreaperIsKilledAllServeOnAndTheTemplateWithThem() {
    List<Integer> workers = new ArrayList<>();
    try (Site site = Site.open("forked")) {
      RunningServer pool = site.start(Managed.bareFcgi().forked(), 3);
      Nginx nginx = site.nginx(pool);
      RunningLoad load =
          Load.on(nginx.address()).connections(5).within(Limits.usual().within(LONG)).start();
      workers.addAll(pool.workerPids());
      workers.addAll(templates(pool));
      assertThat(workers).hasSize(4).doesNotHaveDuplicates();
      until(site, () -> load.answered() > 200);
      Signals.send(pool.managerPid(), "KILL");
      until(site, () -> !pool.isAlive());
      int then = load.answered();
      until(site, () -> load.answered() > then + 1000);

      LoadReport report = load.stop();
      assertThat(report.lost()).as("%s%n%s", report, site.logs()).isZero();
      assertThat(workers)
          .allMatch(
              pid -> ProcessInfo.of(pid).filter(it -> "SR".indexOf(it.state()) >= 0).isPresent());
    } finally {
      // Orphans in sessions of their own, which the site would not find.
      workers.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
  }

  private static void scale(Site site, RunningServer pool, String signal, int workers) {
    Signals.send(pool.managerPid(), signal);
    until(site, () -> pool.workerPids().size() == workers);
  }

  private static List<Integer> templates(RunningServer pool) {
    Matcher stands = STANDS.matcher(pool.wholeLog());
    return stands.results().map(found -> Integer.valueOf(found.group(1))).toList();
  }
}
