package io.kidreaper.command;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command line that is run to its end, within a bound. */
public record Program(
    List<String> words, Map<String, String> environment, Path output, Duration bound) {
  private static final Path CAPTURED = Path.of("captured");

  public Program {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  /** Arguments are put down with {@code toString()}; no shell reads them. */
  public static Program of(Object... words) {
    return new Program(
        List.of(words).stream().map(Object::toString).toList(),
        Map.of(),
        CAPTURED,
        Duration.ofSeconds(60));
  }

  /** The same with one more variable in its environment. */
  public Program with(String variable, Object value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value.toString());
    return new Program(words, more, output, bound);
  }

  /** The same with words before it: another program that becomes this one. */
  public Program after(Object... wrapper) {
    List<String> all = new ArrayList<>();
    for (Object word : wrapper) {
      all.add(word.toString());
    }
    all.addAll(words);
    return new Program(all, environment, output, bound);
  }

  /** The same with more words after it. */
  public Program and(Object... more) {
    List<String> all = new ArrayList<>(words);
    for (Object word : more) {
      all.add(word.toString());
    }
    return new Program(all, environment, output, bound);
  }

  /** The same as an ordinary user, in no other group. */
  public Program asNobody() {
    return after(
            "setpriv",
            "--reuid=" + Nobody.USER_ID,
            "--regid=" + Nobody.USER_ID,
            "--clear-groups",
            "--")
        .with("HOME", "/nonexistent");
  }

  /** The same with its standard output going to this file. */
  public Program to(Path file) {
    return new Program(words, environment, file, bound);
  }

  /** The same with more time. */
  public Program within(Duration most) {
    return new Program(words, environment, output, most);
  }

  /**
   * Runs it.
   *
   * @throws IllegalStateException if it takes longer than its bound; it is ended then
   */
  public Run run() {
    return start().await();
  }

  /** Starts it, without a terminal and without input. */
  public Running start() {
    try {
      Path out = Files.createTempFile("kr-out", "");
      Path err = Files.createTempFile("kr-err", "");
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .redirectInput(new File("/dev/null"))
              .redirectOutput((output.equals(CAPTURED) ? out : output).toFile())
              .redirectError(err.toFile());
      builder.environment().remove("NO_COLOR");
      builder.environment().putAll(environment);
      return new Running(this, builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + words, e);
    }
  }

  /** One that has been started. */
  public record Running(Program program, Process process, Path out, Path err) {
    public int pid() {
      return Math.toIntExact(process.pid());
    }

    /** What it has written to its standard error until now. */
    String errors() {
      return text(err);
    }

    /** Waits for its end. */
    public Run await() {
      try {
        boolean ended = process.waitFor(program.bound().toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
          process.destroyForcibly().waitFor();
        }
        Run run = new Run(process.exitValue(), text(out), text(err));
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
        if (!ended) {
          throw new IllegalStateException(
              program.words() + " took longer than " + program.bound() + ": " + run);
        }
        return run;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + program.words(), e);
      }
    }

    private static String text(Path file) {
      try {
        return Files.readString(file, StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
