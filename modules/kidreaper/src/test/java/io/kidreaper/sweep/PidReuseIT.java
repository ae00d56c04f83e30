package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * A pid that changes hands between reading and signalling, forced for real: in a pid namespace of
 * its own, where the test's manager may say which pid its next child gets.
 */
class PidReuseIT {
  /**
   * Two workers are over the limit. When the first leaves, the manager ends the second as well and
   * starts a small one with the very pid of it. That one must get no signal.
   */
  @Test
  void theNextOwnerOfAVictimsPidGetsNoSignal() throws IOException {
    Nobody.needsRoot();
    try (Site site = Site.open("reuse")) {
      Path dir = site.dir().directory("pool");
      Path inside = Resources.copy(site.dir(), "reuse.sh");
      // --kill-child: with the namespace's first process all others in it end.
      Program sweep =
          Program.of(inside, Resources.copy(site.dir(), "pool.pl"), dir, Kidreaper.ROOT)
              .after("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh")
              .with("PATH", Kidreaper.pathWithoutMaven())
              .within(Duration.ofSeconds(60));

      Run run = sweep.run();

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(dir.resolve("reused")).as("pid had again: %s", run).exists();
      assertThat(run.workersThat("retired")).as(run.toString()).hasSize(1);
      assertThat(run.workersThat("vanished")).as(run.toString()).hasSize(1);
      assertThat(Received.in(dir.resolve("signals")))
          .as(run.toString())
          .singleElement()
          .matches(signal -> run.workersThat("retired").contains(signal.pid()));
      int reused = run.workersThat("vanished").iterator().next();
      assertThat(Files.readString(dir.resolve("ready")).lines())
          .as("two workers had that pid, one after the other")
          .filteredOn(line -> line.startsWith(reused + " "))
          .hasSize(2);
    }
  }
}
