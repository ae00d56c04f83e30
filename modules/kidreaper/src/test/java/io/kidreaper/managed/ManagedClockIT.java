package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.WallClock;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A managed pool whose wall clock is set forward and back. */
class ManagedClockIT {
  @Test
  void aWallClockThatIsSetBackReplacesNobodyAndStopsNothing() {
    try (TempDir dir = TempDir.create("clock")) {
      WallClock clock = new WallClock(dir);
      Managed program =
          Managed.bareFcgi()
              .with("--every", "100ms", "--max-age", "1h")
              .after(clock.before().toArray(String[]::new));
      try (ManagedSite site = ManagedSite.open(program, 2)) {
        List<Integer> before = site.workerPids();
        RunningLoad load =
            Load.on(site.nginx().address())
                .connections(2)
                .within(Limits.usual().within(Duration.ofSeconds(60)))
                .start();
        for (String offset : List.of("+3h", "-3h")) {
          clock.set(offset);
          int answered = load.answered();
          until(site.site(), () -> load.answered() > answered + 500);
          assertThat(site.workerPids()).isEqualTo(before);
        }
        Signals.send(site.pool().managerPid(), "HUP");
        until(site.site(), () -> site.said("restart complete") == 1);
        LoadReport report = load.stop();
        assertThat(report.lost()).as("%s%n%s", report, site.site().logs()).isZero();
        assertThat(site.workerPids()).hasSize(2).doesNotContainAnyElementsOf(before);
      }
    }
  }
}
