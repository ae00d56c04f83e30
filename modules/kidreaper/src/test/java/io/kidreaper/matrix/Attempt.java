package io.kidreaper.matrix;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Outcome;

/** One retirement of a cell. */
record Attempt(ProcessId worker, Outcome outcome) {
  boolean retired() {
    return outcome instanceof Outcome.Retired;
  }

  /**
   * Whether the worker was so young that it was still on its way from the manager's program to its
   * own (multiwatch forks, then execs), and so was rightly left alone.
   */
  boolean sparedNewborn() {
    return outcome instanceof Outcome.NotSignalled(Outcome.Why why, String detail)
        && why == Outcome.Why.NOT_NOW
        && detail.equals("it has become another program");
  }
}
