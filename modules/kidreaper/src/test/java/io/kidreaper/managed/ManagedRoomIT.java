package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kidreaper.testbed.MemoryCgroup;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pool in a memory cgroup that has no room for an old worker and its replacement at once. */
class ManagedRoomIT {
  /** Kidreaper itself, two workers of 70 MB each, and less than a third one needs. */
  private static final long BYTES = 210L << 20;

  private Optional<MemoryCgroup> cgroup = Optional.empty();

  @BeforeEach
  void makeCgroup() {
    cgroup = MemoryCgroup.make();
    assumeThat(cgroup).as("a memory cgroup of our own may be made and limited").isPresent();
    cgroup.get().limit(BYTES);
  }

  @AfterEach
  void removeCgroup() {
    cgroup.ifPresent(MemoryCgroup::close);
  }

  @Test
  void theOldWorkerGoesFirstWhereThereIsNoMemoryForBoth() {
    Managed program =
        Managed.fat()
            .with("--every", "200ms")
            .after(cgroup.orElseThrow().joining().toArray(String[]::new));
    try (ManagedSite site = ManagedSite.open(program, 2)) {
      until(site.site(), () -> site.said("from now on an old worker goes first") == 1);
      RunningLoad load =
          Load.on(site.nginx().address())
              .connections(3)
              .within(Limits.usual().within(Duration.ofSeconds(60)))
              .start();
      List<Integer> before = site.workerPids();
      Signals.send(site.pool().managerPid(), "HUP");
      until(site.site(), () -> site.said("restart complete") == 1);
      LoadReport report = load.stop();
      assertThat(report.lost()).as("%s%n%s", report, site.site().logs()).isZero();
      assertThat(site.workerPids()).hasSize(2).doesNotContainAnyElementsOf(before);
      assertThat(site.said("from now on an old worker goes first")).isEqualTo(1);

      cgroup.orElseThrow().limit(1L << 30);
      until(site.site(), () -> site.said("there is memory again") == 1);
    }
  }
}
