package io.kidreaper.testbed;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What to execute: its words, and what its environment has beyond that of the tests.
 *
 * @param words the program and its arguments, as they are: no shell reads them
 */
public record Command(List<String> words, Map<String, String> environment) {
  public Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /** A command with no environment of its own; arguments are put down with {@code toString()}. */
  public static Command of(Object... words) {
    return new Command(List.of(words).stream().map(Object::toString).toList(), Map.of());
  }

  /** The same command with one more variable. */
  public Command with(String variable, Object value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value.toString());
    return new Command(words, more);
  }

  /**
   * Runs to its end in a directory; a failure is an {@link IllegalStateException} with all said.
   */
  public void runIn(Path directory) {
    Session.runToEnd(this, directory);
  }
}
