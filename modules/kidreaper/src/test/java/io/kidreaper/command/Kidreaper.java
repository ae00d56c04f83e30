package io.kidreaper.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * {@code ./kidreaper} of the clone that is tested. It is packaged by then, so it must not build: a
 * {@code mvn} that fails stands first on its path, and a call that looked for Maven would end with
 * status 69.
 */
public final class Kidreaper {
  /** The clone's folder. */
  public static final Path ROOT = root();

  private static final Path JAR = ROOT.resolve("modules/kidreaper/target/kidreaper.jar");
  private static final String PATH_WITHOUT_MAVEN = failingMaven() + ":" + System.getenv("PATH");

  static {
    // Maven has packaged it in this very run, but leaves a jar alone whose bytes would be the same.
    if (!JAR.toFile().setLastModified(System.currentTimeMillis())) {
      throw new IllegalStateException("not packaged: " + JAR);
    }
    // The first call after a build makes the start-up cache, and says so.
    Run first = unprepared("--version").within(Duration.ofMinutes(2)).run();
    if (first.status() != 0) {
      throw new IllegalStateException("./kidreaper does not start: " + first);
    }
  }

  private Kidreaper() {}

  /** The command with these arguments. */
  public static Program with(Object... arguments) {
    return unprepared(arguments);
  }

  /** Runs the command with these arguments to its end. */
  public static Run run(Object... arguments) {
    return with(arguments).run();
  }

  /** {@code kidreaper reap} in a pool's own words, followed by more. */
  public static Program reap(int manager, Object... more) {
    return with(Stream.concat(Stream.of("reap", "--manager", manager), Stream.of(more)).toArray());
  }

  /** A search path on which {@code mvn} is a program that fails. */
  public static String pathWithoutMaven() {
    return PATH_WITHOUT_MAVEN;
  }

  private static Program unprepared(Object... arguments) {
    return Program.of(arguments).after(ROOT.resolve("kidreaper")).with("PATH", PATH_WITHOUT_MAVEN);
  }

  private static Path root() {
    String root = System.getProperty("kidreaper.root");
    if (root == null) {
      throw new IllegalStateException("the system property kidreaper.root is missing");
    }
    return Path.of(root);
  }

  private static Path failingMaven() {
    try {
      Path folder = Files.createTempDirectory("kr-mvn");
      Path mvn = folder.resolve("mvn");
      Files.writeString(mvn, "#!/bin/sh\necho 'mvn was called' >&2\nexit 1\n");
      for (Path path : new Path[] {folder, mvn}) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        path.toFile().deleteOnExit();
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
