package io.kidreaper.testbed.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;

/** Programs whose names carry a version. */
final class Programs {
  private Programs() {}

  /** The program that a pattern of the last part of a path matches: {@code /usr/sbin/php-fpm*}. */
  static Path firstOf(String pattern) {
    int slash = pattern.lastIndexOf('/');
    Path directory = Path.of(pattern.substring(0, slash));
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(directory, pattern.substring(slash + 1))) {
      return StreamSupport.stream(found.spliterator(), false)
          .sorted()
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no " + pattern + ": see packages.apt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
