package io.kidreaper.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A signal that a process of a pool got, as it wrote down itself.
 *
 * @param millis when, by the machine's monotonic clock
 * @param name without {@code SIG}
 */
record Received(long millis, int pid, String name) {
  /** All signals that were written to a log, in order; none while there is no log. */
  static List<Received> in(Path log) {
    try {
      return Files.exists(log)
          ? Files.readAllLines(log).stream().map(Received::parse).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Received parse(String line) {
    String[] words = line.split(" ", -1);
    return new Received(Long.parseLong(words[0]), Integer.parseInt(words[1]), words[2]);
  }

  /** Who got what, without the time. */
  String what() {
    return pid + " " + name;
  }
}
