package io.kidreaper.embed;

/**
 * Counts a worker's requests, and has it replaced after its last one. It goes on serving meanwhile:
 * the manager starts the new worker first, and lets this one go between two requests.
 */
final class RequestAllowance {
  private final long most;
  private final Runnable askForReplacement;
  private long served;
  private long dueAt;

  /**
   * @param most requests, at least 1
   * @param askForReplacement asks the manager; called on the thread that served the last request,
   *     so it must not wait
   */
  RequestAllowance(long most, Runnable askForReplacement) {
    this.most = most;
    this.dueAt = most;
    this.askForReplacement = askForReplacement;
  }

  /** One more was served. */
  void served() {
    boolean due;
    synchronized (this) {
      served++;
      due = served == dueAt;
      if (due) {
        // Should the manager be away, it is asked again after as many requests, not at each.
        dueAt += most;
      }
    }
    if (due) {
      askForReplacement.run();
    }
  }
}
