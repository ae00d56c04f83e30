package io.kidreaper.linux.pressure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with the files that this kernel, or one that is set up otherwise, would show. */
final class FakeKernel {
  /** Captured where memory is in version 1 and version 2 is mounted beside it. */
  static final String HYBRID_MOUNTS =
      """
      31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
      32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
      35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
      41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
      """;

  static final String HYBRID_MEMBER =
      """
      9:name=systemd:/
      4:memory:/outer/inner
      3:cpuset:/
      0::/outer
      """;

  static final String VERSION_2_MOUNTS =
      "24 30 0:22 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate\n";

  static final String NO_LIMIT_1 = "9223372036854771712\n";
  static final long MB = 1 << 20;

  private final Path root;

  FakeKernel(Path root) {
    this.root = root;
    file("/proc/meminfo", "MemTotal: 1024000 kB\nMemFree: 1 kB\nMemAvailable:  512000 kB\n");
  }

  /** A process in {@code /outer/inner}, limited by nothing yet. */
  static FakeKernel version1(Path root) {
    return new FakeKernel(root)
        .file("/proc/7/cgroup", HYBRID_MEMBER)
        .file("/proc/7/mountinfo", HYBRID_MOUNTS)
        .file("/sys/fs/cgroup/memory/memory.limit_in_bytes", NO_LIMIT_1)
        .file("/sys/fs/cgroup/memory/outer/memory.limit_in_bytes", NO_LIMIT_1)
        .file("/sys/fs/cgroup/memory/outer/inner/memory.limit_in_bytes", NO_LIMIT_1);
  }

  /** The same in version 2; the root has no files of limits. */
  static FakeKernel version2(Path root) {
    return new FakeKernel(root)
        .file("/proc/7/cgroup", "0::/outer/inner\n")
        .file("/proc/7/mountinfo", VERSION_2_MOUNTS)
        .file("/sys/fs/cgroup/outer/memory.max", "max\n")
        .file("/sys/fs/cgroup/outer/memory.high", "max\n")
        .file("/sys/fs/cgroup/outer/inner/memory.max", "max\n")
        .file("/sys/fs/cgroup/outer/inner/memory.high", "max\n");
  }

  FakeKernel file(String name, String text) {
    try {
      Path file = root.resolve(name.substring(1));
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In place of a file, something that is there and cannot be read. */
  FakeKernel unreadable(String name) {
    try {
      Path file = root.resolve(name.substring(1));
      Files.deleteIfExists(file);
      Files.createDirectories(file);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  MemoryRoom room() {
    return MemoryRoom.below(root, "7");
  }
}
