package io.kidreaper.manager;

/**
 * What a pool needs of the outside. Called on the pool's one thread, in the order of the machine's
 * commands; answers come as events through {@link ManagedPool#post}, from any thread.
 */
public interface WorkerHost {
  /** What came of an order to start a worker. */
  sealed interface Started {
    /** It runs; BecameReady or Ended follow. */
    record Up() implements Started {}

    record Failed(String reason) implements Started {}
  }

  /**
   * Starts a worker. May take the few milliseconds of a spawn, not the worker's boot.
   *
   * @param generation from 1; each is the command as it was when its restart was asked for
   */
  Started start(long serial, int generation);

  /**
   * Begins to retire a worker and does not wait for it. Ended follows, or RetirementFailed if it
   * was given up.
   */
  void retire(long serial, String reason);

  /** Ends a worker at once, request or not. Ended follows. */
  void kill(long serial);
}
