package io.kidreaper.pool;

/** What came of looking at a pool. */
public sealed interface PoolReading {
  record Read(Snapshot snapshot) implements PoolReading {}

  /** The manager ended, or its pid is another process's by now. */
  record ManagerGone(String reason) implements PoolReading {}

  /** The manager is there and its workers could not be listed. */
  record Unreadable(String reason) implements PoolReading {}
}
