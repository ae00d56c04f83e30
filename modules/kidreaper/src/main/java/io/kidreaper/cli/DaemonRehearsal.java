package io.kidreaper.cli;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.NativeLibc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A short {@code run} or {@code watch} in a folder of its own, for the start-up cache of that
 * command alone: what is in a cache is in memory for as long as the command runs.
 */
final class DaemonRehearsal {
  private static final Pattern METRICS = Pattern.compile("metrics at (http://[^\\s\"]+)");
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int SIGTERM = 15;

  private final Path folder;
  private final Path log;

  private DaemonRehearsal(Path folder) {
    this.folder = folder;
    this.log = folder.resolve("log");
  }

  /** With a worker that serves nobody. */
  static void run(Terminal silent, Interruption interruption) {
    inFolder(rehearsal -> {
      Thread.ofPlatform().daemon().start(() -> rehearsal.endAfter("is ready after"));
      rehearsal.play(silent, interruption, rehearsal.runWords());
    });
  }

  /** Over the children of a process. */
  static void watch(Terminal silent, Interruption interruption, String manager) {
    inFolder(rehearsal -> {
      Thread.ofPlatform().daemon().start(() -> rehearsal.endAfter("found: "));
      rehearsal.play(silent, interruption, rehearsal.watchWords(manager));
    });
  }

  private interface Play {
    void in(DaemonRehearsal rehearsal) throws IOException;
  }

  private static void inFolder(Play play) {
    try {
      Path folder = Files.createTempDirectory("kidreaper-rehearsal");
      try {
        play.in(new DaemonRehearsal(folder));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> runWords() {
    return List.of(
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
  }

  private List<String> watchWords(String manager) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("kidreaper.toml"),
            """
            metrics = "0"
            [defaults]
            limit = "8T"
            every = "200ms"
            [pool.rehearsal]
            manager = %s
            """
                .formatted(manager));
    return List.of(
        "watch",
        "--config",
        config.toString(),
        "--state",
        folder.resolve("state").toString(),
        "--log",
        log.toString(),
        "--name",
        "rehearsal");
  }

  private void play(Terminal silent, Interruption interruption, List<String> words) {
    int status = Main.run(silent, interruption, words.toArray(String[]::new));
    if (status != ExitStatus.DONE) {
      throw new IllegalStateException(
          "the rehearsal of " + words.getFirst() + " came to status " + status);
    }
  }

  /** By a real signal, since that is how it will be stopped. */
  private void endAfter(String sign) {
    long since = System.nanoTime();
    while (!said().contains(sign) && System.nanoTime() - since < PATIENCE_NANOS) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    // The first look at the workers' memory is a second after the start.
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_500));
    Matcher metrics = METRICS.matcher(said());
    if (metrics.find()) {
      ask(URI.create(metrics.group(1)));
    }
    Libc libc = new NativeLibc();
    int self = libc.pidfdOpen((int) ProcessHandle.current().pid());
    libc.pidfdSendSignal(self, SIGTERM);
    libc.close(self);
  }

  /** Without an HTTP client, which would be in the cache for good. */
  private static void ask(URI uri) {
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .formatted(uri.getPath())
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] _ = socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return ""; // not there yet
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
