package io.kidreaper.run;

import io.kidreaper.linux.process.SpawnRequest;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * How a pool's workers come into being.
 *
 * @param bootPatience how long a template may take to come to its first wait for a connection
 */
public record Spawning(Way way, Duration bootPatience) {
  /** Where workers come from. */
  public enum Way {
    /** Each is started as a program of its own. */
    EXEC,
    /** All are forked from one that was started; a program that cannot be so is refused. */
    FORK,
    /** They are forked if the program can be, and started one by one if not. */
    AUTO
  }

  /** Workers on their own, and the time in which a slow worker is not told of either. */
  public static final Spawning DEFAULT = new Spawning(Way.EXEC, Duration.ofSeconds(30));

  public Spawning {
    if (!bootPatience.isPositive()) {
      throw new IllegalArgumentException("no time to boot in: " + bootPatience);
    }
  }

  /**
   * @param notes takes what a person should know of it, on threads that must not be kept
   */
  WorkerStarter starter(IntFunction<SpawnRequest> requestOfGeneration, Consumer<String> notes) {
    return switch (way) {
      case EXEC -> new ExecStarter(requestOfGeneration);
      case FORK ->
          new ForkStarter(requestOfGeneration, bootPatience, ForkStarter.Otherwise.FAIL, notes);
      case AUTO ->
          new ForkStarter(requestOfGeneration, bootPatience, ForkStarter.Otherwise.EXEC, notes);
    };
  }
}
