package io.kidreaper.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A wall clock of a program's own, which a test can set forward and back ({@code faketime(1)}).
 * What the program reads of the kernel's other clocks stays as it is.
 */
public final class WallClock {
  private final Path offset;

  public WallClock(TempDir dir) {
    this.offset = dir.directory("clock" + System.nanoTime()).resolve("offset");
    set("+0");
  }

  /**
   * @param text as {@code -2h}, against the true time
   */
  public void set(String text) {
    try {
      Path next = offset.resolveSibling("next");
      Files.writeString(next, text + "\n");
      Files.move(next, offset, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Before a command: it and its children go by this clock. */
  public List<String> before() {
    return new ArrayList<>(
        List.of(
            "env",
            "LD_PRELOAD=" + library(),
            "FAKETIME_TIMESTAMP_FILE=" + offset,
            "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
            "NO_FAKE_STAT=1"));
  }

  private static Path library() {
    try (DirectoryStream<Path> architectures =
        Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-gnu")) {
      for (Path architecture : architectures) {
        Path library = architecture.resolve("faketime/libfaketimeMT.so.1");
        if (Files.exists(library)) {
          return library;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("Debian's package libfaketime is not installed");
  }
}
