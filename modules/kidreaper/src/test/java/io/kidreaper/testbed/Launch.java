package io.kidreaper.testbed;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A server configured and ready to be started.
 *
 * @param pidfile where the manager writes its pid, if it does
 * @param script the value of SCRIPT_FILENAME, for servers that are told by it what to run
 */
public record Launch(Command command, Optional<Path> pidfile, Optional<Path> script) {
  /** A launch with neither pidfile nor script. */
  public static Launch of(Command command) {
    return new Launch(command, Optional.empty(), Optional.empty());
  }

  /** The same launch, whose manager writes its pid to a file. */
  public Launch pidfile(Path file) {
    return new Launch(command, Optional.of(file), script);
  }

  /** The same launch, with the script that every request names. */
  public Launch script(Path file) {
    return new Launch(command, pidfile, Optional.of(file));
  }
}
