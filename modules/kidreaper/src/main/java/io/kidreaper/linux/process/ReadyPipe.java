package io.kidreaper.linux.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The daemon's end of the pipe that its launching command waits at. One line goes over it:
 *
 * <pre>
 * ready\n              then the launcher exits with 0
 * failed: REASON\n     then it prints the reason and exits with 1
 * </pre>
 *
 * and an end without a line means that the daemon died.
 */
public final class ReadyPipe {
  /** Its presence tells the process that it is the daemon; its value is the descriptor. */
  static final String VARIABLE = "KIDREAPER_READY_FD";

  static final String READY = "ready";
  static final String FAILED = "failed: ";

  private final int fd;
  private boolean told;

  private ReadyPipe(int fd) {
    this.fd = fd;
  }

  /** The pipe, if this process is a daemon that {@link Daemon#launch} started. */
  public static Optional<ReadyPipe> from(Map<String, String> environment) {
    String fd = environment.getOrDefault(VARIABLE, "");
    return fd.matches("[0-9]{1,6}")
        ? Optional.of(new ReadyPipe(Integer.parseInt(fd)))
        : Optional.empty();
  }

  /**
   * The pool serves. From here on standard output and error are the given file's, since the
   * launcher's terminal may go away; what is said after that is for the log.
   *
   * @param output /dev/null for none; empty leaves them as they are
   */
  public synchronized void ready(Optional<Path> output) {
    if (!told && output.isPresent()) {
      int file = ProcessCalls.openForAppending(output.get().toString());
      if (file >= 0) {
        ProcessCalls.duplicateTo(file, 1);
        ProcessCalls.duplicateTo(file, 2);
        ProcessCalls.close(file);
      }
    }
    if (!told) {
      tell(READY);
    }
  }

  /** The pool cannot be started. */
  public synchronized void failed(String reason) {
    if (!told) {
      tell(FAILED + reason.replaceAll("\\R", " "));
    }
  }

  /** A launcher that is gone is no reason to stop: the JVM ignores SIGPIPE, and so do we EPIPE. */
  private void tell(String line) {
    told = true;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes =
          arena.allocateFrom(ValueLayout.JAVA_BYTE, (line + "\n").getBytes(StandardCharsets.UTF_8));
      ProcessCalls.write(fd, bytes);
    }
    ProcessCalls.close(fd);
  }
}
