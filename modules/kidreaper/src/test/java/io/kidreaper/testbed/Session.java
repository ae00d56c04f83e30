package io.kidreaper.testbed;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that was started in a session of its own ({@code setsid(2)}), with all that it forks.
 *
 * <p>The session is how its processes are found again when it ends: the children of a manager that
 * died belong to process 1, but they stay in its session.
 */
public final class Session implements AutoCloseable {
  private static final Duration END_LIMIT = Duration.ofSeconds(15);
  private static final int LOG_TAIL_CHARACTERS = 6000;

  private final Process leader;
  private final Path log;

  private Session(Process leader, Path log) {
    this.leader = leader;
    this.log = log;
  }

  /**
   * Starts a program in the foreground, without a terminal, its output and errors going to one log.
   */
  public static Session start(Command command, Path directory, Path log) {
    try {
      // setsid(1) makes the session and becomes the program, so the pid is the program's own.
      return new Session(
          builder("setsid", command, directory)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start(),
          log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.words(), e);
    }
  }

  static void runToEnd(Command command, Path directory) {
    try {
      Process process = builder(null, command, directory).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(command.words() + " failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command.words(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command.words(), e);
    }
  }

  /** The pid of the program itself, which is also the session's id. */
  public int pid() {
    return Math.toIntExact(leader.pid());
  }

  /** Whether the program itself still runs. */
  public boolean isAlive() {
    return leader.isAlive();
  }

  /** The end of what the program and its children wrote, at most 6,000 characters. */
  public String log() {
    String text = wholeLog();
    return text.length() <= LOG_TAIL_CHARACTERS
        ? text
        : "…" + text.substring(text.length() - LOG_TAIL_CHARACTERS);
  }

  /** All that the program and its children wrote. */
  public String wholeLog() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Ends every process of the session with SIGKILL, the program first so that it starts no others.
   *
   * @throws IllegalStateException if one is still there after 15 s
   */
  @Override
  public void close() {
    leader.destroyForcibly();
    long deadline = System.nanoTime() + END_LIMIT.toNanos();
    List<ProcessInfo> left = ProcessInfo.inSession(pid());
    while (!left.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("still there after SIGKILL: " + left);
      }
      // A handle checks the start time before it signals, so a reused pid is never hit.
      left.forEach(
          process -> ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly));
      awaitEnd(left);
      left = ProcessInfo.inSession(pid());
    }
  }

  private static void awaitEnd(List<ProcessInfo> processes) {
    for (ProcessInfo process : processes) {
      ProcessHandle.of(process.pid())
          .ifPresent(handle ->
              handle.onExit().completeOnTimeout(handle, 100, TimeUnit.MILLISECONDS).join());
    }
  }

  private static ProcessBuilder builder(@Nullable String wrapper, Command command, Path directory) {
    List<String> words = new ArrayList<>();
    if (wrapper != null) {
      words.add(wrapper);
    }
    words.addAll(command.words());
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true);
    builder.environment().putAll(command.environment());
    return builder;
  }
}
