package io.kidreaper.manager;

/** What is to be done for a pool. */
public sealed interface PoolCommand {
  /** Start a worker; answered by StartFailed, or later by BecameReady or Ended. */
  record Start(long serial, int generation) implements PoolCommand {}

  /** Retire a worker; answered by Ended or RetirementFailed. */
  record Retire(long serial, String reason) implements PoolCommand {}

  /** End a worker at once, request or not; answered by Ended. */
  record Kill(long serial) implements PoolCommand {}

  /** Tell people. */
  record Tell(PoolNote note) implements PoolCommand {}

  /** The pool has stopped and holds no worker. Comes once. */
  record Finished() implements PoolCommand {}
}
