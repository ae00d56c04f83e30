package io.kidreaper.cli;

import java.nio.file.Path;

/** How a command line names the manager. */
sealed interface ManagerChoice {
  record ByPid(int pid) implements ManagerChoice {}

  record ByPidfile(Path pidfile) implements ManagerChoice {}
}
