package io.kidreaper.sweep;

import io.kidreaper.testbed.TempDir;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The small programs of these tests, in {@code resources/sweep}. */
final class Resources {
  private Resources() {}

  /** Puts a copy of one into a test's directory and gives its path. */
  static Path copy(TempDir dir, String name) {
    try (InputStream in = Resources.class.getResourceAsStream("/sweep/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource sweep/" + name);
      }
      Path file = dir.path(name);
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
