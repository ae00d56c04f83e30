package io.kidreaper.watching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kidreaper.sweep.Pool;
import io.kidreaper.testbed.MemoryCgroup;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.WallClock;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the machine does to a watch: clocks that jump, memory that runs out, workers that fork. */
class WatchTroubleIT {

  /**
   * A worker whose child is a copy of it could be a manager, and is let be as long as it has that
   * child. The child is no member of the pool, and gets nothing.
   */
  @Test
  void aWorkerThatForksIsAWorkerAgainAfterwards() throws IOException {
    try (Site site = Site.open("forking")) {
      Pool pool = Pool.start(site, 3, "grow=0:60", "kids=1");
      Watching watch = Watching.quick(site, "--pidfile", pool.pidfile());
      watch.await(() -> watch.ctl("status").out().contains("\n0 workers"));
      assertThat(pool.signals()).isEmpty();
      Files.createFile(pool.path("kids-end"));
      watch.awaitSaid("worker " + pool.pid(0) + " left");
      watch.await(() -> pool.kidCount() == 4);
      assertThat(pool.signals()).containsExactly(pool.pid(0) + " HUP");
      assertThat(pool.workers()).hasSize(3);
      watch.end();
    }
  }

  /** Ages and waits go by a clock that nobody sets; only what people read goes by the wall. */
  @Test
  void aWallClockThatJumpsMakesNobodyOld() {
    try (Site site = Site.open("clock")) {
      WallClock clock = new WallClock(site.dir());
      Pool pool = Pool.start(site, 2, "grow=0:60");
      Watching watch =
          Watching.startAfter(
              clock.before(),
              site,
              "--pidfile",
              pool.pidfile(),
              "--limit",
              "1G",
              "--max-age",
              "1h",
              "--min-age",
              "2s",
              "--pause",
              "0s",
              "--every",
              "100ms");
      watch.awaitSaid("found: process " + pool.managerPid());
      OffsetDateTime first = lastTime(watch);
      for (String offset : List.of("+5h", "-5h")) {
        clock.set(offset);
        assertThat(watch.ctl("pause").status()).isZero();
        assertThat(watch.ctl("resume").status()).isZero();
        Duration jumped = Duration.between(first, lastTime(watch));
        assertThat(jumped.abs()).as("its wall clock has jumped").isGreaterThan(Duration.ofHours(4));
        assertThat(pool.signals()).isEmpty();
      }
      assertThat(watch.ctl("limit", "30M").status()).isZero();
      watch.awaitSaid("worker " + pool.pid(0) + " left");
      assertThat(pool.signals()).containsExactly(pool.pid(0) + " HUP");
      assertThat(watch.said("fault")).as(watch.log()).isZero();
      watch.end();
    }
  }

  private static OffsetDateTime lastTime(Watching watch) {
    String last = watch.log().lines().reduce((_, line) -> line).orElseThrow();
    return OffsetDateTime.parse(
        last.substring(0, last.indexOf(' ')).replaceFirst("([+-]\\d\\d)(\\d\\d)$", "$1:$2"));
  }

  /** The next tick is ten minutes away; the pool's own memory is short now. */
  @Test
  void memoryThatRunsOutIsAnsweredBeforeTheNextTick() {
    Optional<MemoryCgroup> made = MemoryCgroup.make();
    assumeThat(made).as("a memory cgroup of our own may be made and limited").isPresent();
    try (MemoryCgroup cgroup = made.get();
        Site site = Site.open("pressure")) {
      Pool pool = Pool.startIn(cgroup, site, 2, "grow=0:60");
      Watching watch =
          Watching.start(
              site,
              "--pidfile",
              pool.pidfile(),
              "--limit",
              "30M",
              "--min-age",
              "8s",
              "--pause",
              "0s",
              "--every",
              "10m");
      watch.awaitSaid("found: process " + pool.managerPid());
      long oldEnough = System.nanoTime() + Duration.ofSeconds(9).toNanos();
      watch.await(() -> System.nanoTime() > oldEnough);
      assertThat(watch.said("is to go")).as("before memory is short").isZero();
      cgroup.limit(cgroup.usedBytes() + (512 << 10));
      watch.awaitSaid("memory is about to run out");
      watch.awaitSaid("worker " + pool.pid(0) + " left");
      assertThat(pool.signals()).containsExactly(pool.pid(0) + " HUP");
      watch.end();
    }
  }
}
