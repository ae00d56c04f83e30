package io.kidreaper.run;

import io.kidreaper.manager.LogQueue;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/**
 * Where kidreaper's words and its workers' lines go: a file that can be opened anew after it was
 * moved away, or standard error. Nobody who says something waits for it.
 */
public final class RunLog implements AutoCloseable {
  /** Lines of a few seconds from a pool that shouts; beyond that they are dropped and counted. */
  private static final long MOST_CHARS = 4L << 20;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxx");

  private final Optional<Path> file;
  private final boolean withTime;
  private final LogQueue queue;
  private volatile boolean reopenAsked;

  /** Of the writing thread alone, so that no line falls between the old file and the new one. */
  private OutputStream out;

  private boolean broken;

  private RunLog(Optional<Path> file, OutputStream out, boolean withTime) {
    this.file = file;
    this.out = out;
    this.withTime = withTime;
    this.queue = new LogQueue(this::write, MOST_CHARS);
  }

  /** What came of opening it. */
  public sealed interface Opened {
    record Open(RunLog log) implements Opened {}

    record Refused(String reason) implements Opened {}
  }

  /**
   * Opens the log.
   *
   * @param environment tells whether the journal reads standard error and marks the time itself
   *     ({@code systemd.exec(5)}, JOURNAL_STREAM)
   */
  public static Opened open(Optional<Path> file, Map<String, String> environment) {
    if (file.isEmpty()) {
      OutputStream standard = new FileOutputStream(FileDescriptor.err);
      boolean journal = environment.containsKey("JOURNAL_STREAM");
      return new Opened.Open(new RunLog(file, standard, !journal));
    }
    try {
      return new Opened.Open(new RunLog(file, append(file.get()), true));
    } catch (IOException e) {
      return new Opened.Refused(
          "cannot open the log " + file.get().toAbsolutePath() + ": " + Failure.words(e));
    }
  }

  /** Says something; returns at once whatever the log does. */
  public void say(String text) {
    queue.offer(
        withTime ? OffsetDateTime.now(ZoneId.systemDefault()).format(TIME) + " " + text : text);
  }

  /** A line that says itself when it was; returns at once whatever the log does. */
  public void line(String text) {
    queue.offer(text);
  }

  /**
   * After the file was moved away: what is said from now on goes to a new one of its name. Where
   * that cannot be opened, the old one is written on.
   */
  public void reopen() {
    if (file.isEmpty()) {
      return;
    }
    reopenAsked = true;
    say("log opened anew");
  }

  @Override
  public void close() {
    queue.close();
  }

  private void write(String line) throws IOException {
    if (reopenAsked && file.isPresent()) {
      reopenAsked = false;
      OutputStream next = append(file.get());
      out.close();
      out = next;
    }
    // One call a line, so that several writers of one file do not mix theirs. A disk that is full
    // may have taken half of the last one, which must not run into this one.
    String start = broken ? "\n" : "";
    broken = true;
    out.write((start + line + "\n").getBytes(StandardCharsets.UTF_8));
    broken = false;
  }

  private static OutputStream append(Path path) throws IOException {
    return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
