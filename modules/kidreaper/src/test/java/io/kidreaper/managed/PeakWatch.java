package io.kidreaper.managed;

import io.kidreaper.testbed.PrivateMemory;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.LockSupport;

/** Looks at the workers' memory from outside, again and again, and keeps the largest it saw. */
final class PeakWatch implements AutoCloseable {
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  private final ManagedSite site;
  private final Thread thread;
  private volatile boolean done;
  private volatile long peakKilobytes;

  PeakWatch(ManagedSite site) {
    this.site = site;
    this.thread = Thread.ofPlatform().daemon().start(this::watch);
  }

  private void watch() {
    while (!done) {
      for (int pid : site.workerPids()) {
        try {
          peakKilobytes = Math.max(peakKilobytes, PrivateMemory.dirtyKilobytes(pid));
        } catch (UncheckedIOException | NoSuchElementException e) {
          // It has ended.
        }
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** The largest so far, in KiB. */
  long peakKilobytes() {
    return peakKilobytes;
  }

  @Override
  public void close() {
    done = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
