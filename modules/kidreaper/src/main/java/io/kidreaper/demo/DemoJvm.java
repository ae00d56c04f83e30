package io.kidreaper.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a {@link DemoWorker}'s JVM is started so that it costs little: docs/DEMO.md has the figures.
 */
public final class DemoJvm {
  /** The options, before the class path. */
  public static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xms4m",
          "-Xmx16m",
          "-Xss256k",
          "-XX:ReservedCodeCacheSize=8m",
          "-XX:-UsePerfData",
          // The leak is to meet the pool's limit, not the JVM's.
          "-XX:MaxDirectMemorySize=4g");

  private DemoJvm() {}

  /**
   * The command that starts a worker.
   *
   * @param java the JVM's program
   * @param cache a start-up cache that was made with these options and this class path
   * @param shared as {@link SharedMemory#create} made it
   * @param graceful whether it answers its request before it goes when it is signalled
   */
  public static List<String> command(
      Path java, String classPath, Optional<Path> cache, Path shared, boolean graceful) {
    List<String> words = new ArrayList<>(List.of(java.toString()));
    words.addAll(OPTIONS);
    cache.ifPresent(
        file -> words.addAll(List.of("-XX:AOTCache=" + file, "-Xlog:aot=off", "-Xlog:cds=off")));
    words.addAll(List.of("-cp", classPath, DemoWorker.class.getName(), shared.toString()));
    if (!graceful) {
      words.add(DemoWorker.ABRUPT);
    }
    return words;
  }
}
