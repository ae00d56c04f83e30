package io.kidreaper.matrix;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Outcome;

/** One retirement of a cell. */
record Attempt(ProcessId worker, Outcome outcome) {
  boolean retired() {
    return outcome instanceof Outcome.Retired;
  }
}
