package io.kidreaper.demo;

import java.util.List;

/**
 * How a {@link DemoWorker}'s JVM is started so that it costs little: docs/BENCHMARKS-fastcgi.md has
 * the figures for each.
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
}
