package io.kidreaper.cli;

import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What a managed pool is called where nobody says: after the program it runs. */
final class DefaultName {
  /** Programs whose first plain argument says what runs. */
  private static final Set<String> RUNNERS =
      Set.of("env", "perl", "php", "php-cgi", "python", "python3", "ruby", "sh", "bash", "java");

  private DefaultName() {}

  static PoolName of(List<String> command) {
    String program = base(command.getFirst());
    if (RUNNERS.contains(program.replaceAll("[0-9.]+$", ""))) {
      program =
          command.stream()
              .skip(1)
              .filter(word -> !word.startsWith("-") && !word.contains("="))
              .findFirst()
              .map(DefaultName::base)
              .filter(DefaultName::isGood)
              .orElse(program);
    }
    return new PoolName(isGood(program) ? program : "pool");
  }

  private static boolean isGood(String name) {
    try {
      return new PoolName(name).text().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String base(String word) {
    Path name = Path.of(word).getFileName();
    return name == null ? word : name.toString();
  }
}
