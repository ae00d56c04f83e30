package io.kidreaper.fastcgi;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of somebody else, in the foreground and in a directory of its own. */
final class Daemon implements AutoCloseable {
  private final Process process;
  private final Path log;

  private Daemon(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts it and waits until somebody listens where it should. */
  static Daemon start(Path directory, SocketAddress address, List<String> command)
      throws IOException {
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Daemon daemon = new Daemon(process, log);
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .failFast("it ended", daemon::requireAlive)
          .until(() -> listens(address));
    } catch (RuntimeException | Error failed) {
      daemon.close();
      throw failed;
    }
    return daemon;
  }

  private void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException("it ended: " + log());
    }
  }

  private static boolean listens(SocketAddress address) {
    try {
      SocketChannel.open(address).close();
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  Process process() {
    return process;
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port of the loopback that was free a moment ago. */
  static InetSocketAddress freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }

  /** The first of these programs that is installed; a name may end in * for any version. */
  static String program(String... names) {
    for (String name : names) {
      for (String directory : List.of("/usr/sbin", "/usr/bin")) {
        try (Stream<Path> files = Files.list(Path.of(directory))) {
          String wanted = name.replace("*", "[0-9.]*");
          List<String> found =
              files
                  .filter(file -> file.getFileName().toString().matches(wanted))
                  .map(Path::toString)
                  .sorted()
                  .toList();
          if (!found.isEmpty()) {
            return found.getLast();
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    throw new IllegalStateException(
        "not installed: " + List.of(names) + "; install the packages in packages.apt");
  }

  @Override
  public void close() {
    // The servers here end their children when they are asked, and may not when they are killed.
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
