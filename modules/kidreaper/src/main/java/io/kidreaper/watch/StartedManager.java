package io.kidreaper.watch;

import io.kidreaper.retire.Time;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A manager of somebody else's that kidreaper starts, and starts again when it ends, later and
 * later where it does not live long. When kidreaper itself ends it is asked to end too; when
 * kidreaper is killed, it serves on.
 */
final class StartedManager implements ManagerSource {
  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final long LONGEST_PAUSE_MILLIS = 30_000;
  private static final long PROVEN_MILLIS = 10_000;
  private static final long STOP_SECONDS = 60;

  private final Kernel kernel;
  private final List<String> command;
  private @Nullable Process process;
  private long startedMillis;
  private long notBeforeMillis = Long.MIN_VALUE;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private String last = "it was not started yet";

  StartedManager(Kernel kernel, List<String> command) {
    this.kernel = kernel;
    this.command = command;
  }

  @Override
  public Found find(long nowMillis) {
    Process running = process;
    if (running != null && running.isAlive()) {
      return ManagerSources.checked(kernel, Math.toIntExact(running.pid()));
    }
    if (running != null) {
      process = null;
      pauseMillis =
          nowMillis - startedMillis >= PROVEN_MILLIS
              ? FIRST_PAUSE_MILLIS
              : Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
      notBeforeMillis = nowMillis + pauseMillis;
      last =
          "it ended with status %d after %s"
              .formatted(running.exitValue(), Time.words(nowMillis - startedMillis));
    }
    return nowMillis < notBeforeMillis
        ? new Found.Away(last + "; next start in at most " + Time.words(pauseMillis), false)
        : start(nowMillis);
  }

  private Found start(long nowMillis) {
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      process = started;
      startedMillis = nowMillis;
      return ManagerSources.checked(kernel, Math.toIntExact(started.pid()));
    } catch (IOException e) {
      pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
      notBeforeMillis = nowMillis + pauseMillis;
      last = "it cannot be started: " + e.getMessage();
      return new Found.Away(last, false);
    }
  }

  @Override
  public void close() {
    Process running = process;
    if (running == null || !running.isAlive()) {
      return;
    }
    running.destroy(); // TERM: what asks a manager to end
    try {
      if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
