package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Nginx;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.server.ProcManager;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What the measures and sources see of one pool. */
class MeasuresIT {
  private static final int WORKERS = 3;
  private static final int UNSHARE_KB = 56 * 1024;
  private static final long MORE_BYTES = 8L << 20;

  /** Copy-on-write moves neither virtual nor resident size: only private memory tells. */
  @Test
  void onlyPrivateMemoryTellsWhoHasUnsharedWhatWasPreloaded() {
    try (Site site = Site.open("measures")) {
      RunningServer pool = site.start(new ProcManager(), WORKERS);
      Nginx nginx = site.nginx(pool);
      Growth growth = Growth.of(pool, nginx);
      Run before = look(pool, "vsz", 1);
      int unshared = growth.one(new Route.Unshare(UNSHARE_KB), UNSHARE_KB, Set.of());

      Run byVsz = look(pool, "vsz", largest(before, "vszBytes") + MORE_BYTES);
      Run byRss = look(pool, "rss", largest(before, "rssBytes") + MORE_BYTES);
      Run byPrivate = look(pool, "private", UNSHARE_KB * 1024L - MORE_BYTES);

      assertThat(byVsz.workersThat("would-retire")).as(byVsz.toString()).isEmpty();
      assertThat(byRss.workersThat("would-retire")).as(byRss.toString()).isEmpty();
      assertThat(byPrivate.workersThat("would-retire"))
          .as(byPrivate.toString())
          .containsExactly(unshared);
      assertThat(byPrivate.worker(unshared).path("privateBytes").asLong())
          .isGreaterThanOrEqualTo(UNSHARE_KB * 1024L);
    }
  }

  /** Idle workers do not change, so both ways of reading come to the same numbers. */
  @Test
  void psTellsTheSameResidentAndVirtualSizesAsProc() {
    try (Site site = Site.open("measures")) {
      RunningServer pool = site.start(new ProcManager(), WORKERS);
      Growth growth = Growth.of(pool, site.nginx(pool));
      growth.one(new Route.Leak(UNSHARE_KB), UNSHARE_KB, Set.of());

      Run proc = look(pool, "rss", 1, "--source", "proc");
      Run ps = look(pool, "rss", 1, "--source", "ps");

      assertThat(ps.json().path("source").asString()).isEqualTo("ps");
      assertThat(ps.workers()).hasSize(WORKERS).isEqualTo(proc.workers());
      for (int pid : proc.workers()) {
        assertThat(ps.worker(pid).path("startTicks").asLong())
            .isEqualTo(proc.worker(pid).path("startTicks").asLong());
        assertThat(ps.worker(pid).path("vszBytes").asLong())
            .isEqualTo(proc.worker(pid).path("vszBytes").asLong());
        // The kernel sums a process's resident pages lazily, CPU by CPU.
        assertThat(ps.worker(pid).path("rssBytes").asLong())
            .isCloseTo(proc.worker(pid).path("rssBytes").asLong(), Offset.offset(1L << 20));
      }
    }
  }

  @Test
  void psHasNoPrivateMemoryAndTheCommandLineSaysSo() {
    Run run = Kidreaper.run("reap", "--manager", "1", "--limit", "1M", "--source", "ps");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("ps does not know private memory").contains("--measure rss");
    assertThat(run.out()).isEmpty();
  }

  private static Run look(RunningServer pool, String measure, long limitBytes, String... more) {
    Run run =
        Kidreaper.reap(
                pool.managerPid(),
                "--measure",
                measure,
                "--limit",
                limitBytes,
                "--dry-run",
                "--json")
            .and((Object[]) more)
            .run();
    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.workers()).hasSize(WORKERS);
    return run;
  }

  private static long largest(Run run, String key) {
    return StreamSupport.stream(run.json().path("workers").spliterator(), false)
        .mapToLong(worker -> worker.path(key).asLong())
        .max()
        .orElseThrow();
  }
}
