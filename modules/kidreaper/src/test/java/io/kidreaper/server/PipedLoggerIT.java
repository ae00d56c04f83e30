package io.kidreaper.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Launch;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.TempDir;
import io.kidreaper.testbed.Traits;
import io.kidreaper.testbed.server.ApacheModPerl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/** A real Apache whose first child is a piped logger, a program that serves nobody. */
class PipedLoggerIT {
  private static final int WORKERS = 2;

  private record WithLogger(Server apache) implements Server {
    @Override
    public Traits traits() {
      return apache.traits();
    }

    @Override
    public Launch prepare(TempDir dir, Listen listen, int workers) {
      Launch launch = apache.prepare(dir, listen, workers - 1);
      try {
        Files.writeString(
            dir.path("apache.conf"), "CustomLog \"|/bin/cat\" %h\n", StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return launch;
    }
  }

  @Test
  void theLoggerDoesNotMisleadAndIsLeftAlone() {
    try (Site site = Site.open("logger")) {
      // One child more than there are workers: the logger.
      RunningServer server = site.start(new WithLogger(new ApacheModPerl()), WORKERS + 1);
      int logger = server.workerPids().getFirst();

      Run doctor = Kidreaper.run("doctor", "--manager", server.managerPid());
      Run reap = Kidreaper.run("reap", "--manager", server.managerPid(), "--limit", "1");

      assertThat(doctor.out())
          .containsPattern("(?m)^  ok +server +Apache prefork$")
          .containsPattern("(?m)^  -- +helper +process " + logger + " ");
      assertThat(reap.out()).contains("Apache prefork", "signal USR1");
      assertThat(reap.status()).as(reap.toString()).isZero();
      assertThat(reap.out())
          .containsPattern(logger + " .* left alone: it holds none of the pool's listening");
      assertThat(ProcessHandle.of(logger)).isPresent();
    }
  }
}
