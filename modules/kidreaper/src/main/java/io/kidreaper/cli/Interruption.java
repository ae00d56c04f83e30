package io.kidreaper.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, TERM and HUP to kidreaper itself: the command is asked to stop, and given a moment to say
 * what it has done so far.
 */
final class Interruption {
  private static final long LAST_WORDS_SECONDS = 5;

  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean requested;
  private volatile Runnable wakeUp = () -> {};

  private Interruption() {}

  /** Starts to listen. */
  static Interruption install() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("interruption").unstarted(interruption::stop));
    return interruption;
  }

  /** One that never comes. */
  static Interruption none() {
    return new Interruption();
  }

  boolean requested() {
    return requested;
  }

  /** Has something done when it comes, by which a command that waits comes back. */
  void wakes(Runnable waiting) {
    wakeUp = waiting;
    if (requested) {
      waiting.run();
    }
  }

  private void stop() {
    requested = true;
    wakeUp.run();
    try {
      if (!over.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("kidreaper: stopped in the middle of a step");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The command is through: the process need not wait for it. */
  void finished() {
    over.countDown();
  }
}
