package io.kidreaper.run;

import io.kidreaper.linux.trace.Peek;
import io.kidreaper.pool.ProcessId;
import java.util.OptionalInt;

/** How many requests a worker is at, as far as can be seen from outside. */
final class Connections {
  private Connections() {}

  /**
   * Connections accepted from the pool's sockets that it holds now; empty where that cannot be
   * seen. Unlike an observer's look it sees them also while the retirer holds the worker.
   */
  static OptionalInt heldBy(ProcessId worker) {
    try (Peek peek = Peek.at(worker)) {
      return peek.connections();
    }
  }
}
