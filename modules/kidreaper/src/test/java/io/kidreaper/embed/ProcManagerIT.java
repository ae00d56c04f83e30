package io.kidreaper.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Nobody;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program with the manager built in, behind nginx: replaced under load, and nothing lost. */
@Timeout(180)
class ProcManagerIT {
  private static final int WORKERS = 2;
  private static final List<String> AS_ITSELF = List.of();

  /** Workers outlive a manager that is killed, as it is where a test fails. */
  @AfterEach
  void endTheWorkers() {
    programs().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    until(() -> programs().isEmpty());
  }

  private static List<Integer> programs() {
    return ProcessInfo.all().stream()
        .filter(ProcessInfo::isAlive)
        .filter(process -> process.commandLine().contains(Shop.class.getName()))
        .map(ProcessInfo::pid)
        .toList();
  }

  @Test
  void aWorkerOverItsSizeIsReplacedUnderLoad() throws Exception {
    try (Site site = Site.open("embed")) {
      RunningServer shop = site.start(new EmbeddedServer("100M", "-", AS_ITSELF), WORKERS);
      Nginx nginx = site.nginx(shop);
      until(
          site, () -> shop.wholeLog().contains("a WORKER") && shop.workerPids().size() == WORKERS);
      assertThat(shop.wholeLog()).doesNotContain("a MANAGER");
      assertThat(Files.readString(shop.pidfile().orElseThrow()))
          .isEqualTo(shop.managerPid() + "\n");
      List<Integer> first = shop.workerPids();

      Mix mix = Mix.empty().and(3, _ -> new Route.Hello()).and(1, _ -> new Route.Leak(2_048));
      try (RunningLoad load = Load.on(nginx.address()).of(mix).connections(2).start()) {
        until(site, () -> shop.workerPids().stream().noneMatch(first::contains));
        LoadReport report = load.stop();
        assertThat(report.lost()).as(report + "\n" + site.logs()).isZero();
      }
      restartsAndEnds(site, shop, nginx);
    }
  }

  private static void restartsAndEnds(Site site, RunningServer shop, Nginx nginx) {
    shop.awaitFullPool();
    List<Integer> before = shop.workerPids();
    try (RunningLoad load =
        Load.on(nginx.address()).of(Mix.only(new Route.Hello())).connections(2).start()) {
      Signals.send(shop.managerPid(), "HUP");
      until(site, () -> shop.wholeLog().contains("restart complete"));
      LoadReport report = load.stop();
      assertThat(report.lost()).as(report + "\n" + site.logs()).isZero();
    }
    assertThat(shop.workerPids()).doesNotContainAnyElementsOf(before);
    List<Integer> last = shop.workerPids();
    Signals.send(shop.managerPid(), "TERM");
    until(site, () -> !shop.isAlive());
    assertThat(last).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
    assertThat(shop.pidfile().orElseThrow()).doesNotExist();
    assertThat(shop.wholeLog()).contains("served").contains("stopped");
  }

  @Test
  void aWorkerThatHasHadItsRequestsIsReplacedForAnOrdinaryUserToo() {
    List<String> nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    try (Site site = Site.open("embed")) {
      giveAway(site);
      RunningServer shop = site.start(new EmbeddedServer("-", "50", nobody), WORKERS);
      Nginx nginx = site.nginx(shop);
      List<Integer> first = shop.workerPids();
      try (RunningLoad load =
          Load.on(nginx.address()).of(Mix.only(new Route.Hello())).connections(2).start()) {
        until(site, () -> shop.workerPids().stream().noneMatch(first::contains));
        LoadReport report = load.stop();
        assertThat(report.lost()).as(report + "\n" + site.logs()).isZero();
      }
      assertThat(shop.wholeLog()).doesNotContain("is not replaced yet");
    }
  }

  private static void giveAway(Site site) {
    Nobody.needsRoot();
    Nobody.owns(site.dir().path("."));
  }

  private static void until(Site site, Callable<Boolean> condition) {
    try {
      until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(site.logs(), e);
    }
  }

  private static void until(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }
}
