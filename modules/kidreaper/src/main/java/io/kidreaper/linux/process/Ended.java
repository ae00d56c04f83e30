package io.kidreaper.linux.process;

import java.util.List;

/**
 * The end of a worker.
 *
 * @param pid which was the worker's until now; another process may get it
 * @param lastErrorLines the last of what it wrote to standard error, oldest first; all that it
 *     wrote has been given out as lines before
 */
public record Ended(int pid, ExitStatus status, List<String> lastErrorLines) {
  public Ended {
    lastErrorLines = List.copyOf(lastErrorLines);
  }
}
