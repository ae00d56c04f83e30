package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kidreaper dies or hands over while its pool is at full load, and its workers serve on. */
class ManagedSurvivalIT {
  @ParameterizedTest
  @ValueSource(strings = {"exec", "fork"})
  void theNextOneGoesOnWithTheWorkersOfOneThatWasKilled(String spawn) {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi().with("--spawn", spawn), 3)) {
      RunningLoad load = load(site);
      List<Integer> before = site.workerPids();
      until(site.site(), () -> load.answered() > 100);

      Signals.send(site.pool().managerPid(), "KILL");
      until(site.site(), () -> !site.pool().isAlive());
      int answered = load.answered();
      until(site.site(), () -> load.answered() > answered + 200);
      assertThat(site.workerPids()).as("nobody was touched").containsAll(before);

      Session next = site.again();
      until(site.site(), () -> site.ctl("status").out().contains("3 ready"));
      assertThat(site.log()).containsPattern("goes on with [34] workers and the socket");
      // A template that was left alone has become one more worker, so one of the four leaves.
      assertThat(site.workerPids()).filteredOn(before::contains).hasSizeGreaterThanOrEqualTo(3);

      Signals.send(next.pid(), "HUP");
      until(site.site(), () -> site.workerPids().stream().noneMatch(before::contains));
      until(
          site.site(), () -> site.ctl("status").out().contains("3 ready, 0 starting, 0 draining"));
      assertNothingLost(load, site);

      Signals.send(next.pid(), "TERM");
      until(site.site(), () -> !next.isAlive() && site.workerPids().isEmpty());
      assertThat(site.pool().listen().isListening()).isFalse();
    }
  }

  @Test
  void handsThePoolOverToItsSuccessorOnUsr2() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi(), 3)) {
      RunningLoad load = load(site);
      List<Integer> before = site.workerPids();
      Signals.send(site.pool().managerPid(), "USR2");
      until(site.site(), () -> !site.pool().isAlive());
      until(site.site(), () -> site.ctl("status").out().contains("3 ready"));
      assertThat(site.ctl("status").out()).doesNotContain("process " + site.pool().managerPid());
      assertThat(site.workerPids()).containsAll(before);
      assertNothingLost(load, site);
      assertThat(site.ctl("stop").status()).isZero();
      until(site.site(), () -> site.workerPids().isEmpty());
    }
  }

  /** A profiler stops the JVM's threads by a signal, which must not be the one for a successor. */
  @Test
  void aProfilerStartsNoSuccessor() {
    Managed profiled =
        Managed.bareFcgi()
            .after("env", "JAVA_TOOL_OPTIONS=-XX:StartFlightRecording=settings=profile")
            .with("--every", "50ms");
    try (ManagedSite site = ManagedSite.open(profiled, 2)) {
      RunningLoad load = load(site);
      int answered = load.answered();
      until(site.site(), () -> load.answered() > answered + 2_000);
      assertThat(site.said("Started recording")).as(site.site().logs()).isEqualTo(1);
      assertThat(site.said("a successor")).as(site.site().logs()).isZero();
      assertNothingLost(load, site);
    }
  }

  @Test
  void isTakenOverWhileItServes() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi(), 3)) {
      RunningLoad load = load(site);
      List<Integer> before = site.workerPids();
      Session other = site.again();
      until(site.site(), () -> !other.isAlive());
      assertThat(other.wholeLog())
          .contains("is kept by another kidreaper already (process " + site.pool().managerPid());

      Session next = site.again("--takeover");
      until(site.site(), () -> !site.pool().isAlive());
      until(site.site(), () -> site.ctl("status").out().contains("(process " + next.pid() + ")"));
      assertThat(site.workerPids()).containsAll(before);
      assertNothingLost(load, site);
    }
  }

  @Test
  void onlyWhatAKilledWorkerHeldIsLost() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi(), 4)) {
      RunningLoad load = load(site);
      int kills = 20;
      for (int i = 0; i < kills; i++) {
        int answered = load.answered();
        // Those that die young are replaced with delay, and somebody has to serve meanwhile.
        until(
            site.site(),
            () -> load.answered() > answered + 20 && site.pool().workerPids().size() >= 3);
        ProcessHandle.of(site.pool().workerPids().getFirst())
            .ifPresent(ProcessHandle::destroyForcibly);
      }
      until(
          site.site(), () -> site.ctl("status").out().contains("4 ready, 0 starting, 0 draining"));
      LoadReport report = load.stop();
      System.out.println("kill -9 of " + kills + " workers: " + report);
      assertThat(report.lost()).isLessThanOrEqualTo(kills);
      assertThat(site.said("was ended by signal 9")).isEqualTo(kills);
    }
  }

  @Test
  void workersMayBeBoundToTheirKidreaper() {
    try (ManagedSite site = ManagedSite.open(Managed.bareFcgi().with("--on-death", "stop"), 2)) {
      Signals.send(site.pool().managerPid(), "KILL");
      until(site.site(), () -> site.workerPids().isEmpty());
    }
  }

  private static RunningLoad load(ManagedSite site) {
    return Load.on(site.nginx().address())
        .connections(6)
        .within(Limits.usual().within(Duration.ofSeconds(90)))
        .start();
  }

  private static void assertNothingLost(RunningLoad load, ManagedSite site) {
    LoadReport report = load.stop();
    assertThat(report.lost()).as("%s%n%s", report, site.site().logs()).isZero();
    assertThat(site.nginx().errors()).isEmpty();
  }
}
