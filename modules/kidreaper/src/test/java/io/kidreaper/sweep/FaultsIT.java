package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Site;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a sweep says, and above all what it leaves alone, when worker or manager misbehave. */
class FaultsIT {
  private static final String TWO_GROWN = "grow=0:80,1:60";
  private static final String LIMIT = "40M";

  @Test
  void aWorkerThatIgnoresTheSignalIsStillThereAfterTheGrace() {
    try (Site site = Site.open("faults")) {
      Pool pool = Pool.start(site, 3, "grow=0:80", "hup=ignore");
      Set<Identity> before = Identity.of(pool.workers());

      Run run = Kidreaper.reap(pool.managerPid(), "--limit", LIMIT, "--grace", "2s").run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.out())
          .containsPattern(pool.pid(0) + " .* STILL THERE after 2\\.\\d s: it waits for requests");
      assertThat(pool.signals()).containsExactly(pool.pid(0) + " HUP");
      assertThat(Identity.of(pool.workers())).isEqualTo(before);
    }
  }

  @Test
  void whenTheManagerDiesOfItTheSecondVictimGetsNoSignal() {
    try (Site site = Site.open("faults")) {
      Pool pool = Pool.start(site, 3, TWO_GROWN, "ends=die");
      Identity second = Identity.of(pool.worker(1));
      Identity third = Identity.of(pool.worker(2));

      Run run = Kidreaper.reap(pool.managerPid(), "--limit", LIMIT, "--json").run();

      assertThat(run.status()).as(run.toString()).isEqualTo(4);
      assertThat(run.workersThat("manager-lost")).containsExactly(pool.pid(0));
      assertThat(run.worker(second.pid()).at("/outcome/why").asString()).isEqualTo("manager-lost");
      assertThat(run.err())
          .contains("process " + pool.managerPid() + ", has ended after a signal")
          .contains("no further worker was signalled");
      assertThat(pool.signals()).containsExactly(pool.pid(0) + " HUP");
      assertThat(Identity.of(second.pid())).isEqualTo(second);
      assertThat(Identity.of(third.pid())).isEqualTo(third);
    }
  }

  @Test
  void whenThePidfileNamesAnotherManagerTheSecondVictimGetsNoSignal() {
    try (Site site = Site.open("faults")) {
      Pool other = Pool.start(site, 1, "grow=0:80");
      Pool pool = Pool.start(site, 3, TWO_GROWN, "hup=rename:" + other.managerPid());

      Run run = Kidreaper.run("reap", "--pidfile", pool.pidfile(), "--limit", LIMIT, "--json");

      assertThat(run.status()).as(run.toString()).isEqualTo(4);
      assertThat(run.err())
          .contains("the pidfile now names process " + other.managerPid())
          .contains("no further worker was signalled");
      assertThat(pool.signals()).containsExactly(pool.pid(0) + " HUP");
      assertThat(run.workersThat("not-signalled")).containsExactly(pool.pid(1));
      assertThat(other.signals()).isEmpty();
    }
  }

  @Test
  void aWorkerThatIsNotReplacedIsReportedAndTheSweepGoesOn() {
    try (Site site = Site.open("faults")) {
      Pool pool = Pool.start(site, 3, TWO_GROWN, "ends=leave");

      Run run = Kidreaper.reap(pool.managerPid(), "--limit", LIMIT, "--grace", "1s").run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      for (int index : new int[] {0, 1}) {
        assertThat(run.out())
            .containsPattern(
                pool.pid(index) + " .* left after .*, NOT REPLACED within 1\\.\\d s, gave back ");
      }
      assertThat(pool.signals())
          .containsExactly(pool.pid(0) + " HUP", pool.pid(1) + " HUP"); // largest first
      assertThat(pool.workers()).hasSize(1);
    }
  }

  @Test
  void aWorkerThatOneMayNotReadIsUnreadableAndNeitherZeroNorUnderTheLimit() {
    Nobody.needsRoot();
    try (Site site = Site.open("faults")) {
      Pool pool = Pool.start(site, 2, "grow=0:80");
      Program reap = Kidreaper.reap(pool.managerPid(), "--limit", LIMIT).asNobody();

      Run table = reap.run();
      Run json = reap.and("--json").run();

      assertThat(table.status()).as(table.toString()).isEqualTo(3);
      assertThat(table.out())
          .containsPattern(pool.pid(0) + " .* - +unreadable: ")
          .containsPattern(pool.pid(1) + " .* kept\n")
          .contains("0 of 2 workers over the limit, 1 unreadable.");
      assertThat(json.status()).as(json.toString()).isEqualTo(3);
      assertThat(json.worker(pool.pid(0)).path("overLimit").isNull()).isTrue();
      assertThat(json.worker(pool.pid(0)).has("privateBytes")).isFalse();
      // Under the limit by what everybody may read: private ≤ RSS.
      assertThat(json.worker(pool.pid(1)).path("overLimit").asBoolean(true)).isFalse();
      assertThat(json.json().at("/summary/unreadable").asInt()).isEqualTo(1);
      assertThat(pool.signals()).isEmpty();
    }
  }

  @Test
  void aWorkerThatOneMayNotSignalIsReportedAsSuch() {
    Nobody.needsRoot();
    try (Site site = Site.open("faults")) {
      Pool pool = Pool.start(site, 2, "grow=0:80");
      Set<Identity> before = Identity.of(pool.workers());

      Run run =
          Kidreaper.reap(pool.managerPid(), "--limit", "60M", "--measure", "rss", "--json")
              .asNobody()
              .run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.worker(pool.pid(0)).at("/outcome/why").asString()).isEqualTo("not-permitted");
      assertThat(pool.signals()).isEmpty();
      assertThat(Identity.of(pool.workers())).isEqualTo(before);
    }
  }

  /**
   * Workers end all the time while they are read and signalled. Whatever a sweep meets, it is an
   * outcome like any other: nothing fails, nothing is unreadable, no size that was not read is
   * shown.
   */
  @Test
  void workersThatEndWhileTheyAreReadAreNothingUnusual() {
    try (Site site = Site.open("faults")) {
      Pool pool = Pool.start(site, 8, "life=5");
      for (int round = 0; round < 6; round++) {
        boolean dry = round % 2 == 0;
        Program reap = Kidreaper.reap(pool.managerPid(), "--limit", "1", "--json");

        Run run = (dry ? reap.and("--dry-run") : reap).run();

        assertThat(run.status()).as(run.toString()).isZero();
        assertThat(run.err()).isEmpty();
        // One that was forked a moment ago has nothing of its own yet, and is kept.
        Set<Integer> ordinary = run.workersThat("vanished");
        ordinary.addAll(run.workersThat("kept"));
        ordinary.addAll(run.workersThat(dry ? "would-retire" : "retired"));
        assertThat(ordinary).as(run.toString()).isEqualTo(run.workers());
        run.json()
            .path("workers")
            .forEach(worker -> assertThat(worker.path("rssBytes").asLong(1)).isPositive());
      }
    }
  }
}
