package io.kidreaper.policy;

import io.kidreaper.pool.ProcessId;

/**
 * What a policy is told besides snapshots. That a worker has gone needs no report: the next
 * snapshot shows it.
 */
public sealed interface Report {
  /** A retirement was given up and the worker serves on; it may be decided again. */
  record Stayed(ProcessId worker) implements Report {}

  /** The manager died, or became another process, after a signal of ours. */
  record ManagerLost(String reason) implements Report {}

  /** A person has looked and wants the pool to be acted on again. */
  record Resumed() implements Report {}
}
