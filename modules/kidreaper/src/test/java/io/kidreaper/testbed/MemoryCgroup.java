package io.kidreaper.testbed;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A memory cgroup of a test's own, of version 1 or 2 ({@code cgroups(7)}). Closed when the last
 * process in it has ended.
 */
public final class MemoryCgroup implements AutoCloseable {
  private final Path folder;
  private final boolean version1;

  private MemoryCgroup(Path folder, boolean version1) {
    this.folder = folder;
    this.version1 = version1;
  }

  /** Empty where this machine lets nobody make one. */
  public static Optional<MemoryCgroup> make() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
        String[] fields = line.split(":", 3);
        boolean version1 = List.of(fields[1].split(",", -1)).contains("memory");
        boolean version2 = fields[0].equals("0");
        Path parent = Path.of("/sys/fs/cgroup" + (version1 ? "/memory" : "") + fields[2]);
        if ((version1 || version2) && Files.isWritable(parent)) {
          Path own =
              parent.resolve(
                  "kidreaper-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
          Files.createDirectory(own);
          MemoryCgroup made = new MemoryCgroup(own, version1);
          if (Files.isWritable(made.limitFile())) {
            return Optional.of(made);
          }
          Files.delete(own);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path limitFile() {
    return folder.resolve(version1 ? "memory.limit_in_bytes" : "memory.max");
  }

  /** What its processes may have together from now on. */
  public void limit(long bytes) {
    try {
      Files.writeString(limitFile(), bytes + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What they have, with their page cache. */
  public long usedBytes() {
    try {
      Path file = folder.resolve(version1 ? "memory.usage_in_bytes" : "memory.current");
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Before a command: it and its children belong here. */
  public List<String> joining() {
    return List.of("sh", "-c", "echo $$ > " + folder + "/cgroup.procs && exec \"$@\"", "sh");
  }

  @Override
  public void close() {
    // Ended processes leave a cgroup a moment after their parent has heard of it.
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(() -> Files.deleteIfExists(folder));
  }
}
