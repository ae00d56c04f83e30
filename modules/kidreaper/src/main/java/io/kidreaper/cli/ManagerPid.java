package io.kidreaper.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The manager by its pid, where a command can do without. */
final class ManagerPid {
  @Option(
      names = "--manager",
      paramLabel = "PID",
      converter = Words.Pid.class,
      description = "the pool's manager, whose children its workers are")
  private @Nullable Integer pid;

  Optional<Integer> pid() {
    return Optional.ofNullable(pid);
  }
}
