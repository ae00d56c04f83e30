package io.kidreaper.run;

import io.kidreaper.linux.process.RunAs;
import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.process.WorkerEnvironment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a pool's workers run, and in which circumstances.
 *
 * @param words program and arguments, at least the program
 * @param environment variables beyond kidreaper's own, or instead of them
 * @param directory where they run; empty is kidreaper's own
 * @param umask 0 to 0777; empty is kidreaper's own
 * @param runAs whose rights they have; empty is kidreaper's own
 * @param spawning how they come into being
 * @param onDeath what becomes of them when kidreaper dies
 */
public record WorkerCommand(
    List<String> words,
    Map<String, String> environment,
    Optional<Path> directory,
    OptionalInt umask,
    Optional<RunAs> runAs,
    Spawning spawning,
    OnDeath onDeath) {
  private static final int SIGTERM = 15;

  /** What becomes of workers whose kidreaper dies without stopping them. */
  public enum OnDeath {
    /** They serve on, and the next kidreaper of the same name takes them over. */
    SERVE,
    /** The kernel sends them TERM. */
    STOP
  }

  public WorkerCommand {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("no command");
    }
  }

  /**
   * The order to start one worker.
   *
   * @param sockets descriptors of the pool's listening sockets
   * @param ours kidreaper's own environment
   */
  SpawnRequest request(List<Integer> sockets, Map<String, String> ours) {
    return new SpawnRequest(
        words,
        sockets,
        WorkerEnvironment.of(ours, environment),
        directory,
        umask,
        runAs,
        WorkerEnvironment.softOpenFiles(ours),
        switch (onDeath) {
          case SERVE -> OptionalInt.empty();
          case STOP -> OptionalInt.of(SIGTERM);
        });
  }
}
