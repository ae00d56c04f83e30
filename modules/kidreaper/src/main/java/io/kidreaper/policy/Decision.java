package io.kidreaper.policy;

import io.kidreaper.pool.ProcessId;

/** That a worker should go. Each is decided once; whoever carries it out answers by a Report. */
public sealed interface Decision {
  ProcessId worker();

  Reason reason();

  /** Retire it without losing a request. */
  record Retire(ProcessId worker, Reason reason) implements Decision {}

  /**
   * The last resort. Retire it as ever, but give its current request a deadline; only when that has
   * passed, or the machine itself is about to run out of memory, may the worker be killed with the
   * request it holds. May come for a worker that is being retired already.
   */
  record HardLimit(ProcessId worker, Reason.OverHardLimit reason) implements Decision {}
}
