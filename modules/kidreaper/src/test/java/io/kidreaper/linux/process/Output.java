package io.kidreaper.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A started process seen to its end. */
record Output(String out, String err, ExitStatus status) {
  static Output of(SpawnRequest request) {
    return of(Spawner.spawn(request));
  }

  static Output of(Spawned spawned) {
    assertThat(spawned).isInstanceOf(Spawned.Child.class);
    Spawned.Child child = (Spawned.Child) spawned;
    // What these say is far below a pipe's size, so one stream can wait for the other.
    String out = readAll(child.outputFd());
    String err = readAll(child.errorFd());
    return new Output(out, err, await(child.pid()));
  }

  static ExitStatus await(int pid) {
    int[] status = {-1};
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .atMost(Duration.ofSeconds(20))
        .until(() -> (status[0] = ProcessCalls.reap(pid)) >= 0);
    return ExitStatus.ofRaw(status[0]);
  }

  private static String readAll(int fd) {
    try {
      return Files.readString(Path.of("/proc/self/fd/" + fd));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ProcessCalls.close(fd);
    }
  }
}
