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
}
