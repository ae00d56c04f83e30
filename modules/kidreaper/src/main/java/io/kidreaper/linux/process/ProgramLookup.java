package io.kidreaper.linux.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds a program as {@code execvp(3)} would and looks it over first, since exec's one number
 * cannot tell a missing program from a missing interpreter.
 */
public final class ProgramLookup {
  /** What the shell takes where PATH is not set. */
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  /** The kernel reads no more of a first line than that. */
  private static final int FIRST_LINE_BYTES = 256;

  /** What came of looking. */
  public sealed interface Found {
    record Program(String path) implements Found {}

    /**
     * @param reason a sentence that names the program and what is wrong
     */
    record Refused(String reason) implements Found {}
  }

  private ProgramLookup() {}

  /**
   * @param program a name for PATH, or a path, which is relative to {@code directory}
   * @param environment the worker's, whose PATH counts
   * @param directory where the worker will run
   */
  public static Found find(String program, Map<String, String> environment, Path directory) {
    if (program.isEmpty()) {
      return new Found.Refused("the command's program is empty; say which one to run");
    }
    String searched = environment.getOrDefault("PATH", DEFAULT_PATH);
    List<Path> candidates =
        program.contains("/")
            ? List.of(directory.resolve(program))
            : java.util.Arrays.stream(searched.split(":", -1))
                .map(entry -> directory.resolve(entry).resolve(program))
                .toList();
    Optional<String> fault = Optional.empty();
    for (Path candidate : candidates) {
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        Optional<String> unusable = interpreterFault(candidate, environment, directory);
        return unusable.isPresent()
            ? new Found.Refused(unusable.get())
            : new Found.Program(candidate.toString());
      }
      if (fault.isEmpty() && Files.exists(candidate)) {
        fault =
            Optional.of(
                Files.isDirectory(candidate)
                    ? candidate + " is a directory, not a program"
                    : candidate + " is not executable; chmod +x it, or name its interpreter first");
      }
    }
    return new Found.Refused(
        fault.orElseGet(() ->
            program.contains("/")
                ? "there is no program " + candidates.getFirst()
                : "there is no program \"" + program + "\" in PATH (" + searched + ")"));
  }

  private static Optional<String> interpreterFault(
      Path program, Map<String, String> environment, Path directory) {
    String first;
    try (InputStream in = Files.newInputStream(program)) {
      first = new String(in.readNBytes(FIRST_LINE_BYTES), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // A program may be run without the right to read it; then exec has the word.
      return Optional.empty();
    }
    if (!first.startsWith("#!")) {
      return Optional.empty();
    }
    String line = first.substring(2).lines().findFirst().orElse("").strip();
    boolean carriageReturn = first.indexOf('\r') >= 0 && first.indexOf('\r') < first.indexOf('\n');
    if (carriageReturn) {
      return Optional.of(
          "the first line of %s ends with a carriage return, which becomes part of its interpreter's name; save it with Unix line ends"
              .formatted(program));
    }
    String[] words = line.split("[ \t]+", 3);
    Path interpreter = directory.resolve(words[0]);
    if (words[0].isEmpty() || !Files.isRegularFile(interpreter)) {
      return Optional.of(
          "the first line of %s names the interpreter %s, which does not exist"
              .formatted(program, words[0]));
    }
    if (!Files.isExecutable(interpreter)) {
      return Optional.of(
          "the first line of %s names the interpreter %s, which is not executable"
              .formatted(program, words[0]));
    }
    boolean asksEnv = interpreter.endsWith("env") && words.length == 2 && !words[1].startsWith("-");
    return asksEnv && find(words[1], environment, directory) instanceof Found.Refused(String why)
        ? Optional.of("the first line of %s asks env for %s: %s".formatted(program, words[1], why))
        : Optional.empty();
  }
}
