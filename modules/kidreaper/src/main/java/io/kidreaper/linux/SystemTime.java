package io.kidreaper.linux;

import io.kidreaper.retire.Time;
import java.time.Duration;

/** The machine's own time. */
public final class SystemTime implements Time {
  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void sleep(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      // Whoever interrupted wants the thread to end soon, and callers look at that between steps.
      Thread.currentThread().interrupt();
    }
  }
}
