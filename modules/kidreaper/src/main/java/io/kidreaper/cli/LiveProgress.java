package io.kidreaper.cli;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Progress;
import io.kidreaper.retire.Time;
import java.io.PrintWriter;

/** One line on the terminal that rewrites itself while a sweep waits, and is wiped at the end. */
final class LiveProgress implements Progress, AutoCloseable {
  private static final String WIPE = "\r\u001b[K";
  private static final long REFRESH_NANOS = 100_000_000;
  private static final long FIRST_SHOWN_MILLIS = 500;

  private final PrintWriter err;
  private boolean shown;
  private long shownNanos;

  LiveProgress(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void awaitingBoundary(ProcessId worker, long sinceDecisionMillis) {
    if (sinceDecisionMillis >= FIRST_SHOWN_MILLIS) {
      show(
          "worker "
              + worker.pid()
              + " is finishing its requests, "
              + Time.words(sinceDecisionMillis));
    }
  }

  @Override
  public void draining(ProcessId worker, long sinceSignalMillis) {
    if (sinceSignalMillis >= FIRST_SHOWN_MILLIS) {
      show("worker " + worker.pid() + " is draining, " + Time.words(sinceSignalMillis));
    }
  }

  @Override
  public void awaitingReplacement(ProcessId worker, long sinceExitMillis) {
    if (sinceExitMillis >= FIRST_SHOWN_MILLIS) {
      show(
          "worker "
              + worker.pid()
              + " has left, waiting for its replacement, "
              + Time.words(sinceExitMillis));
    }
  }

  @Override
  public void pausing(long remainingMillis) {
    show("next signal in " + Time.words(remainingMillis));
  }

  private void show(String line) {
    long now = System.nanoTime();
    if (shown && now - shownNanos < REFRESH_NANOS) {
      return;
    }
    shownNanos = now;
    err.print(WIPE + line);
    err.flush();
    shown = true;
  }

  @Override
  public void close() {
    if (shown) {
      err.print(WIPE);
      err.flush();
      shown = false;
    }
  }
}
