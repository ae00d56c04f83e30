package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Site;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** How a sweep behaves towards whoever watches it, or stops it, or has no room for its answer. */
class TerminalIT {
  private static final String ESCAPE = "\u001b[";
  private static final String TWO_GROWN = "grow=0:80,1:60";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Ctrl-C: no further signal, and the table of what has been done. */
  @Test
  void anInterruptInAPauseEndsTheSweepWithWhatWasDone() {
    try (Site site = Site.open("terminal")) {
      Pool pool = Pool.start(site, 3, TWO_GROWN);
      // Whoever runs the tests in the background may have them ignore the interrupt.
      Program.Running sweep =
          Kidreaper.reap(pool.managerPid(), "--limit", "40M", "--pause", "5m")
              .after("env", "--default-signal=INT")
              .within(LIMIT)
              .start();
      Awaitility.await()
          .atMost(LIMIT)
          .until(() -> !pool.signals().isEmpty() && pool.readyCount() == 4);

      Program.of("kill", "-INT", sweep.pid()).run();
      Run run = sweep.await();

      assertThat(run.status()).as(run.toString()).isEqualTo(130);
      assertThat(run.out())
          .containsPattern(pool.pid(0) + " .* left after .*, replaced by ")
          .containsPattern(pool.pid(1) + " .* not signalled: kidreaper was asked to stop");
      assertThat(pool.signals()).containsExactly(pool.pid(0) + " HUP");
      assertThat(pool.workers()).extracting(Identity::of).contains(Identity.of(pool.pid(1)));
    }
  }

  /** A slow worker: on a terminal a line shows it, and the outcome is green. */
  @Test
  void aTerminalGetsProgressAndColours() {
    try (Site site = Site.open("terminal")) {
      Pool pool = Pool.start(site, 2, "grow=0:80", "hup=drain:2");
      String command =
          Kidreaper.ROOT.resolve("kidreaper")
              + " reap --manager "
              + pool.managerPid()
              + " --limit 40M";

      Run run =
          Program.of("script", "-qec", command, "/dev/null")
              .with("PATH", Kidreaper.pathWithoutMaven())
              .with("TERM", "xterm")
              .run();

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out())
          .containsPattern(
              "\\Q\r" + ESCAPE + "K\\Eworker " + pool.pid(0) + " is draining, 1\\.\\d s")
          .containsPattern("\\Q" + ESCAPE + "\\E32m.*left after ");
      // It is wiped before the table.
      assertThat(run.out().substring(run.out().lastIndexOf("is draining")))
          .startsWith("is draining")
          .containsPattern("\\Q\r" + ESCAPE + "K\\E.*manager " + pool.managerPid());
    }
  }

  @Test
  void withoutATerminalThereIsNeither() {
    try (Site site = Site.open("terminal")) {
      Pool pool = Pool.start(site, 2, "grow=0:80", "hup=drain:1");

      Run run = Kidreaper.reap(pool.managerPid(), "--limit", "40M").with("TERM", "xterm").run();

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(run.out()).contains("left after ").doesNotContain(ESCAPE).doesNotContain("\r");
      assertThat(run.err()).isEmpty();
    }
  }

  @Test
  void aResultThatCannotBeWrittenIsAFailure() {
    try (Site site = Site.open("terminal")) {
      Pool pool = Pool.start(site, 1);

      Run run =
          Kidreaper.reap(pool.managerPid(), "--limit", "40M", "--dry-run")
              .to(Path.of("/dev/full"))
              .run();

      assertThat(run.status()).as(run.toString()).isEqualTo(74);
      assertThat(run.err()).contains("could not be written to standard output");
    }
  }
}
