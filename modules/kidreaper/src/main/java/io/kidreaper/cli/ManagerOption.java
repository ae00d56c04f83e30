package io.kidreaper.cli;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** One of the two ways to name the manager. */
final class ManagerOption {
  @Option(
      names = "--manager",
      paramLabel = "PID",
      converter = Words.Pid.class,
      description = "the process whose children are the workers")
  private @Nullable Integer pid;

  @Option(
      names = "--pidfile",
      paramLabel = "FILE",
      description = "the file in which that process wrote its id")
  private @Nullable Path pidfile;

  ManagerChoice choice() {
    return pidfile == null
        ? new ManagerChoice.ByPid(Objects.requireNonNull(pid))
        : new ManagerChoice.ByPidfile(pidfile);
  }
}
