package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool and its workers may come to, under full load, and no request lost over it. */
class ManagedLimitsIT {
  private static final int LEAK_KB = 512;

  /** Small enough that what a worker grows by between two readings is far below its limit. */
  private static final int SMALL_LEAK_KB = 192;

  @ParameterizedTest
  @ValueSource(strings = {"exec", "fork"})
  void leakingWorkersAreReplacedAtTheirLimit(String spawn) {
    Managed program =
        Managed.bareFcgi().with("--limit", "40M", "--every", "200ms", "--spawn", spawn);
    try (ManagedSite site = ManagedSite.open(program, 3);
        PeakWatch workers = new PeakWatch(site)) {
      RunningLoad load = load(site, Mix.quick().and(1, _ -> new Route.Leak(SMALL_LEAK_KB)));
      until(
          site.site(), () -> site.said("private limit 40.0M reached.*between two requests") >= 12);
      LoadReport report = load.stop();
      long peak = workers.peakKilobytes();
      assertThat(report.lost()).as("%s%n%s", report, site.site().logs()).isZero();
      assertThat(site.nginx().errors()).isEmpty();
      System.out.println(
          "limit 40M, " + spawn + ": largest worker seen " + peak / 1024 + " MB, " + report);
      // What a worker grows by while it is measured, replaced and brought to its boundary.
      assertThat(peak).isLessThan(2 * 40 * 1024);
      assertThat(site.ctl("status").out()).containsPattern("retired: \\d+ for limit");
    }
  }

  @Test
  void aLimitBelowTheBootSizeIsToldAndRetiresNobodyForEver() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi().with("--limit", "1M"), 2)) {
      until(site.site(), () -> site.said("limit 1.0M is not above what a fresh worker has") == 1);
      int retired = site.said("retires");
      RunningLoad load = load(site, Mix.quick());
      until(site.site(), () -> load.answered() > 500);
      assertThat(load.stop().lost()).isZero();
      assertThat(site.said("retires")).isEqualTo(retired).isLessThanOrEqualTo(2);
      assertThat(site.said("is not above what a fresh worker has")).isEqualTo(1);
    }
  }

  @Test
  void aPoolIsKeptWithinItsBudgetByItsLargestIdleWorker() {
    Managed program = Managed.bareFcgi().with("--budget", "90M", "--every", "200ms");
    try (ManagedSite site = ManagedSite.open(program, 3)) {
      RunningLoad load = load(site, Mix.quick().and(2, _ -> new Route.Leak(LEAK_KB)));
      until(site.site(), () -> site.said("of a budget of 90.0M.*between two requests") >= 3);
      LoadReport report = load.stop();
      assertThat(report.lost()).as("%s%n%s", report, site.site().logs()).isZero();
    }
  }

  @Test
  void workersAreReplacedAtTheirAgeOneByOne() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi().with("--max-age", "3s"), 3)) {
      RunningLoad load = load(site, Mix.quick());
      until(site.site(), () -> site.said("s old of its.*between two requests") >= 6);
      LoadReport report = load.stop();
      assertThat(report.lost()).as("%s%n%s", report, site.site().logs()).isZero();
    }
  }

  @Test
  void requestsAreCountedByTheKernel() {
    Managed program =
        Managed.bareFcgi().withTracefs().with("--max-requests", "100", "--every", "200ms");
    try (ManagedSite site = ManagedSite.open(program, 2)) {
      LoadReport report =
          Load.on(site.nginx().address())
              .of(Mix.only(new Route.Hello()))
              .connections(1)
              .within(Limits.usual().requests(60))
              .run();
      assertThat(report.lost()).isZero();
      until(
          site.site(),
          () -> {
            int sum = 0;
            for (var worker : site.ctl("status", "--json").json().path("workers")) {
              sum += worker.path("requests").asInt();
            }
            return sum == 60;
          });
      RunningLoad load = load(site, Mix.quick());
      until(site.site(), () -> site.said("requests of its.*between two requests") >= 4);
      assertThat(load.stop().lost()).isZero();
    }
  }

  @Test
  void aRequestThatReachesTheHardLimitHasItsDeadlineAndIsCutAfterIt() {
    Managed program = Managed.bareFcgi().with("--hard-limit", "60M", "--every", "200ms");
    try (ManagedSite site = ManagedSite.open(program, 2)) {
      // One that lets itself be asked again and again leaves in peace.
      for (int i = 0; i < 3; i++) {
        Load.on(site.nginx().address()).once(new Route.Leak(20 * 1024));
      }
      for (int i = 0; i < 3; i++) {
        Load.on(site.nginx().address()).once(new Route.Leak(20 * 1024));
      }
      until(
          site.site(),
          () -> site.said("hard private limit 60.0M reached.*between two requests") >= 1);
      assertThat(site.said("requests in its hands")).isZero();
      assertThat(site.ctl("status").out()).contains("requests cut by kidreaper: 0");
    }
  }

  @Test
  void aRequestThatOutlastsItsDeadlineIsCutAndCounted() {
    Managed program = Managed.bareFcgi().with("--hard-limit", "60M", "--every", "1s");
    try (ManagedSite site = ManagedSite.open(program, 1)) {
      // The worker may be seen between the two requests, and leaves in peace then.
      for (int tries = 0; tries < 5 && site.said("requests in its hands") == 0; tries++) {
        Load.on(site.nginx().address()).once(new Route.Leak(80 * 1024));
        int lost = Load.on(site.nginx().address()).once(new Route.Stream(140, 100)).lost();
        assertThat(lost).isEqualTo(site.said("is killed with 1 requests in its hands"));
      }
      assertThat(site.said("is killed with 1 requests in its hands.*it has had its 10.0 s"))
          .isEqualTo(1);
      assertThat(site.ctl("status").out()).contains("requests cut by kidreaper: 1");
      until(
          site.site(), () -> site.ctl("status").out().contains("1 ready, 0 starting, 0 draining"));
    }
  }

  private static RunningLoad load(ManagedSite site, Mix mix) {
    return Load.on(site.nginx().address())
        .of(mix)
        .connections(5)
        .within(Limits.usual().within(Duration.ofSeconds(90)))
        .start();
  }
}
