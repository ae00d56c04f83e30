package io.kidreaper.server;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a process says of itself.
 *
 * @param executable the file it runs, without its folder; empty where unreadable
 * @param arguments its command line, which many servers overwrite with a title of their own
 */
public record Program(String executable, List<String> arguments) {
  public Program {
    arguments = List.copyOf(arguments);
  }

  /** The command line as one text, or the title that stands in its place. */
  String title() {
    return String.join(" ", arguments).strip();
  }

  boolean titleStarts(String start) {
    return title().startsWith(start);
  }

  /** Whether the executable has this name, with a version behind it or not: php-fpm8.2. */
  boolean runs(String name) {
    return executable.matches(Pattern.quote(name) + "[-0-9.]*");
  }

  /** Whether a script of this name is among the arguments: /usr/bin/gunicorn, bin/starman. */
  boolean names(String script) {
    return arguments.stream().anyMatch(word -> word.equals(script) || word.endsWith("/" + script));
  }
}
