package io.kidreaper.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/** What a process has that no other shares, read from {@code /proc/PID/smaps_rollup}. */
public final class PrivateMemory {
  private PrivateMemory() {}

  /** Private_Dirty in KiB. */
  public static long dirtyKilobytes(int pid) {
    return field(pid, "Private_Dirty:");
  }

  private static long field(int pid, String name) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElseThrow(() -> new NoSuchElementException(name + " of " + pid));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
