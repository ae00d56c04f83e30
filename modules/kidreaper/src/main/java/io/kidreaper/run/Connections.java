package io.kidreaper.run;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Observer;

/** How many requests a worker is at, as far as can be seen from outside. */
final class Connections {
  private Connections() {}

  /**
   * Connections accepted from the pool's sockets that it holds now; 0 where that cannot be seen.
   */
  static int heldBy(Observer observer, ProcessId worker) {
    return observer.look(worker) instanceof Activity.Serving(int connections) ? connections : 0;
  }
}
