package io.kidreaper.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The processes of a cgroup and of those below it, by their {@code cgroup.procs} ({@code
 * cgroups(7)}), which both versions have.
 */
final class CgroupMembers implements ByGroup.Group {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  /** Slices nest: system.slice/system-php.slice/php.service. */
  private static final int UNIT_DEPTH = 6;

  private final String words;
  private final Path root;
  private final Optional<String> unit;
  private Optional<Path> folder;

  CgroupMembers(Path folder) {
    this.words = "cgroup " + folder;
    this.root = ROOT;
    this.unit = Optional.empty();
    this.folder = Optional.of(folder);
  }

  CgroupMembers(String unit) {
    this(ROOT, unit);
  }

  /**
   * @param root where cgroups are mounted
   */
  CgroupMembers(Path root, String unit) {
    String name = unit.contains(".") ? unit : unit + ".service";
    this.words = "unit " + name;
    this.root = root;
    this.unit = Optional.of(name);
    this.folder = Optional.empty();
  }

  @Override
  public String nobody() {
    return words + " has no process";
  }

  @Override
  public Listed list() {
    if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
      if (unit.isPresent()) {
        folder = find(unit.get());
      }
      if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
        return new Listed.Unknown("there is no cgroup of " + words + " now");
      }
    }
    try (Stream<Path> files = Files.walk(folder.get())) {
      Set<Integer> pids = new TreeSet<>();
      for (Path file : files.filter(path -> path.endsWith("cgroup.procs")).toList()) {
        for (String line : Files.readAllLines(file)) {
          pids.add(Integer.parseInt(line.strip()));
        }
      }
      return new Listed.Pids(pids);
    } catch (IOException | java.io.UncheckedIOException | NumberFormatException e) {
      return new Listed.Unknown(words + " cannot be read: " + e);
    }
  }

  /** Version 2 has the slices at its root, version 1 below the hierarchy that systemd named. */
  private Optional<Path> find(String name) {
    for (Path start : Set.of(root, root.resolve("systemd"), root.resolve("unified"))) {
      try (Stream<Path> folders =
          Files.find(
              start,
              UNIT_DEPTH,
              (path, attributes) -> attributes.isDirectory() && path.endsWith(name))) {
        Optional<Path> found = folders.findFirst();
        if (found.isPresent()) {
          return found;
        }
      } catch (IOException | java.io.UncheckedIOException e) {
        // Not mounted there, or the unit ended while we looked; the next look tells.
      }
    }
    return Optional.empty();
  }
}
