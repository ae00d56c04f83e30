package io.kidreaper.linux.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What to start, and in which circumstances.
 *
 * @param command program and arguments, at least the program
 * @param sockets our descriptors of listening sockets: the first becomes the worker's 0, further
 *     ones 3, 4, …
 * @param environment all of it; {@link WorkerEnvironment} makes it from ours
 * @param directory where it runs and where a relative program is looked for
 * @param umask permission bits that its new files lack, 0 to 0777
 * @param runAs whose rights it has; empty leaves ours
 * @param softOpenFiles its soft RLIMIT_NOFILE. The JVM raises its own to the hard limit when it
 *     starts, which programs that still use {@code select(2)} or close all descriptors in a loop
 *     must not inherit; empty leaves ours
 * @param deathSignal 1 to 31, what the kernel sends it when kidreaper dies; empty lets it live on.
 *     Counted from the <em>thread</em> that spawned it, so that one must live as long as kidreaper
 */
public record SpawnRequest(
    List<String> command,
    List<Integer> sockets,
    Map<String, String> environment,
    Optional<Path> directory,
    OptionalInt umask,
    Optional<RunAs> runAs,
    OptionalLong softOpenFiles,
    OptionalInt deathSignal) {
  public SpawnRequest {
    command = List.copyOf(command);
    sockets = List.copyOf(sockets);
    environment = Map.copyOf(environment);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("no command");
    }
  }

  /** A plain command in our own circumstances. */
  public static SpawnRequest of(
      List<String> command, List<Integer> sockets, Map<String, String> environment) {
    return new SpawnRequest(
        command,
        sockets,
        environment,
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        OptionalLong.empty(),
        OptionalInt.empty());
  }
}
