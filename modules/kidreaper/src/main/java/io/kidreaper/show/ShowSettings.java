package io.kidreaper.show;

import io.kidreaper.memory.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is shown.
 *
 * @param duration of the load
 * @param workers of the pool, at least 1
 * @param limit of each worker's private memory
 * @param java the program that runs the workers
 * @param classPath of the workers
 * @param cache their start-up cache, where there is one
 */
public record ShowSettings(
    Duration duration,
    int workers,
    ByteSize limit,
    Path java,
    String classPath,
    Optional<Path> cache) {
  /** How often workers are measured. */
  static final Duration EVERY = Duration.ofMillis(500);

  private static final Duration START = Duration.ofSeconds(1);

  /**
   * How long a worker may go on growing after it has reached the limit: until it is measured, and
   * until another is ready in its place. They are replaced one after the other, and all may have
   * reached it in the same moment.
   */
  public Duration overtime() {
    return EVERY.plus(START.multipliedBy(workers));
  }

  /** The command of a worker. */
  List<String> command(Path shared, boolean graceful) {
    return io.kidreaper.demo.DemoJvm.command(java, classPath, cache, shared, graceful);
  }

  ShowSettings within(Duration other) {
    return new ShowSettings(other, workers, limit, java, classPath, cache);
  }
}
