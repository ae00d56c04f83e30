package io.kidreaper.watch;

import java.nio.file.Path;
import java.util.List;

/** How a pool's manager is found. */
public sealed interface Whereabouts {
  record ByPid(int pid) implements Whereabouts {}

  record ByPidfile(Path file) implements Whereabouts {}

  /**
   * @param name of a systemd service, with or without {@code .service}
   */
  record ByUnit(String name) implements Whereabouts {}

  /**
   * @param folder of the cgroup, below {@code /sys/fs/cgroup}
   */
  record ByCgroup(Path folder) implements Whereabouts {}

  /**
   * @param regex found in the manager's executable and command line
   */
  record ByMatch(String regex) implements Whereabouts {}

  /** kidreaper starts it, and starts it again when it ends. */
  record Started(List<String> command) implements Whereabouts {
    public Started {
      command = List.copyOf(command);
    }
  }

  /** For a log. */
  default String words() {
    return switch (this) {
      case ByPid(int pid) -> "process " + pid;
      case ByPidfile(Path file) -> "pidfile " + file;
      case ByUnit(String name) -> "unit " + name;
      case ByCgroup(Path folder) -> "cgroup " + folder;
      case ByMatch(String regex) -> "a manager that matches '" + regex + "'";
      case Started(List<String> command) -> "'" + String.join(" ", command) + "'";
    };
  }
}
