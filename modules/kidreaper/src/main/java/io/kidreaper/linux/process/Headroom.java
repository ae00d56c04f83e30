package io.kidreaper.linux.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A few threads that exist only while a worker is started. What limits processes (RLIMIT_NPROC, the
 * cgroup's pids.max) limits threads too, and a pool that took the very last one would leave
 * kidreaper without any for a signal that arrives: the JVM starts a thread for each, and where it
 * cannot, the signal is lost, TERM too.
 */
final class Headroom implements AutoCloseable {
  private static final int THREADS = 4;
  private static final long STACK_BYTES = 64 << 10;

  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  private Headroom() {}

  /** Takes it for as long as it is open; empty where there is none. */
  static Optional<Headroom> take() {
    Headroom headroom = new Headroom();
    try {
      for (int i = 0; i < THREADS; i++) {
        headroom.threads.add(
            Thread.ofPlatform()
                .name("kidreaper-headroom")
                .daemon()
                .stackSize(STACK_BYTES)
                .start(headroom::hold));
      }
      return Optional.of(headroom);
    } catch (OutOfMemoryError noThread) {
      headroom.close();
      return Optional.empty();
    }
  }

  private void hold() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives it back; from then on others can have it. */
  @Override
  public void close() {
    closing.countDown();
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
