package io.kidreaper.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What a managed pool is called where nobody says: after the program it runs. */
final class PoolName {
  /** Programs whose first plain argument says what runs. */
  private static final Set<String> RUNNERS =
      Set.of("env", "perl", "php", "php-cgi", "python", "python3", "ruby", "sh", "bash", "java");

  private PoolName() {}

  static String of(List<String> command) {
    String program = base(command.getFirst());
    if (RUNNERS.contains(program.replaceAll("[0-9.]+$", ""))) {
      program =
          command.stream()
              .skip(1)
              .filter(word -> !word.startsWith("-") && !word.contains("="))
              .findFirst()
              .map(PoolName::base)
              .filter(PoolName::isGood)
              .orElse(program);
    }
    return isGood(program) ? program : "pool";
  }

  /** Whether it can be part of a file name and of a log line: letters, digits, dot, dash. */
  static boolean isGood(String name) {
    return name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");
  }

  private static String base(String word) {
    Path name = Path.of(word).getFileName();
    return name == null ? word : name.toString();
  }
}
