package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.load.Limits;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private Optional<Path> cgroup = Optional.empty();

  @BeforeEach
  void makeCgroup() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      String[] fields = line.split(":", 3);
      boolean version1 = List.of(fields[1].split(",", -1)).contains("memory");
      boolean version2 = fields[0].equals("0");
      Path parent = Path.of("/sys/fs/cgroup" + (version1 ? "/memory" : "") + fields[2]);
      Path own = parent.resolve("kidreaper-test-" + ProcessHandle.current().pid());
      Path limit = own.resolve(version1 ? "memory.limit_in_bytes" : "memory.max");
      if ((version1 || version2) && Files.isWritable(parent)) {
        Files.createDirectory(own);
        if (Files.isWritable(limit)) {
          cgroup = Optional.of(own);
          Files.writeString(limit, BYTES + "\n");
          return;
        }
        Files.delete(own);
      }
    }
    assumeThat(cgroup).as("a memory cgroup of our own may be made and limited").isPresent();
  }

  @AfterEach
  void removeCgroup() {
    cgroup.ifPresent(own ->
        await()
            .atMost(Duration.ofSeconds(20))
            .ignoreExceptions()
            .until(() -> Files.deleteIfExists(own)));
  }

  @Test
  void theOldWorkerGoesFirstWhereThereIsNoMemoryForBoth() {
    Managed program =
        Managed.fat()
            .with("--every", "200ms")
            .after(
                "sh",
                "-c",
                "echo $$ > " + cgroup.orElseThrow() + "/cgroup.procs && exec \"$@\"",
                "sh");
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
    }
  }
}
