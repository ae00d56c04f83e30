package io.kidreaper.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.server.ProcManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Of one pool only one worker is followed at a time. */
class FollowOneIT {
  @Test
  void aSecondFollowerOfThePoolIsTurnedAway() {
    try (Site site = Site.open("follow-one")) {
      RunningServer pool = site.start(new ProcManager(), 2);
      int followed = pool.workerPids().getFirst();
      int other = pool.workerPids().getLast();
      Program.Running first =
          Kidreaper.with("explain", followed, "--requests", 1_000, "--for", "6s")
              .within(Duration.ofSeconds(60))
              .start();
      await().atMost(Duration.ofSeconds(30)).until(() -> isTraced(followed));

      Run second = follow(other);
      assertThat(second.status()).as(second.toString()).isEqualTo(1);
      assertThat(second.err()).contains("another worker of this pool is followed already");
      assertThat(isTraced(other)).isFalse();

      Run end = first.await();
      assertThat(end.status()).as(end.toString()).isZero();
      Run after = follow(other);
      assertThat(after.status()).as(after.toString()).isZero();
    }
  }

  private static Run follow(int worker) {
    return Kidreaper.with("explain", worker, "--requests", 1, "--for", "300ms")
        .within(Duration.ofSeconds(60))
        .run();
  }

  private static boolean isTraced(int pid) {
    try {
      return Files.readAllLines(Path.of("/proc", Integer.toString(pid), "status")).stream()
          .anyMatch(line -> line.matches("TracerPid:\\s+[1-9].*"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
