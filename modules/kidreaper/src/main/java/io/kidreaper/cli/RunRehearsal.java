package io.kidreaper.cli;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A short {@code run} in a folder of its own, with a worker that serves nobody, for the start-up
 * cache of that command alone: what is in a cache is in memory for as long as the command runs.
 */
final class RunRehearsal {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int SIGTERM = 15;

  private RunRehearsal() {}

  static void play(Terminal silent, Interruption interruption) {
    try {
      Path folder = Files.createTempDirectory("kidreaper-rehearsal");
      try {
        play(silent, interruption, folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void play(Terminal silent, Interruption interruption, Path folder) {
    Path log = folder.resolve("log");
    Thread.ofPlatform().daemon().start(() -> stopWhenReady(log));
    List<String> words =
        List.of(
            "run",
            "--listen",
            "unix:" + folder.resolve("s"),
            "--state",
            folder.resolve("state").toString(),
            "--log",
            log.toString(),
            "--name",
            "rehearsal",
            "--workers",
            "1",
            "--limit",
            "8T",
            "--ready",
            "immediately",
            "--patience",
            "300ms",
            "--stop-timeout",
            "500ms",
            "--on-death",
            "stop",
            "--",
            "sleep",
            "60");
    int status = Main.run(silent, interruption, words.toArray(String[]::new));
    if (status != ExitStatus.DONE) {
      throw new IllegalStateException("the rehearsal of run came to status " + status);
    }
  }

  /** By a real signal, since that is how it will be stopped. */
  private static void stopWhenReady(Path log) {
    long since = System.nanoTime();
    while (!isReady(log) && System.nanoTime() - since < PATIENCE_NANOS) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    // The first look at the workers' memory is a second after the start.
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500));
    Libc libc = new NativeLibc();
    int self = libc.pidfdOpen((int) ProcessHandle.current().pid());
    libc.pidfdSendSignal(self, SIGTERM);
    libc.close(self);
  }

  private static boolean isReady(Path log) {
    try {
      return Files.readString(log).contains("is ready after");
    } catch (IOException e) {
      return false; // not there yet
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
