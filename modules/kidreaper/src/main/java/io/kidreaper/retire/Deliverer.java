package io.kidreaper.retire;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** One way of bringing a signal to a worker. */
public interface Deliverer {

  /**
   * Delivers, or leaves the worker as it was.
   *
   * @param patience how long the right moment may take to come
   * @param cancelled asked often: true if the signal is no longer wanted
   */
  Delivery deliver(ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled);

  /**
   * Delivers to a worker that comes to no right moment, as one does that spins: while it holds no
   * accepted connection, whatever else it does. The last resort.
   *
   * @param patience how long it may hold one
   */
  Delivery deliverWithoutConnection(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled);
}
