package io.kidreaper.retire;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * At the boundary where the system lets kidreaper trace, else when seen idle. Says once what right
 * is missing and what is lost by it.
 */
public final class BestPermitted implements Deliverer {
  private final Deliverer boundary;
  private final Deliverer idle;
  private final Consumer<String> told;
  private boolean mayTrace = true;

  /**
   * @param told hears the sentence on the missing right
   */
  public BestPermitted(Deliverer boundary, Deliverer idle, Consumer<String> told) {
    this.boundary = boundary;
    this.idle = idle;
    this.told = told;
  }

  @Override
  public Delivery deliver(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
    return deliver(way -> way.deliver(worker, signal, patience, cancelled));
  }

  @Override
  public Delivery deliverWithoutConnection(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
    return deliver(way -> way.deliverWithoutConnection(worker, signal, patience, cancelled));
  }

  private Delivery deliver(Function<Deliverer, Delivery> how) {
    if (mayTrace) {
      Delivery delivery = how.apply(boundary);
      if (!(delivery instanceof Delivery.NotPermitted(String reason))) {
        return delivery;
      }
      mayTrace = false;
      told.accept(
          "workers cannot be held between two requests here: "
              + reason
              + ". They are signalled when seen idle instead: one that is always busy stays, and a"
              + " request that arrives in that very instant may be cut.");
    }
    return how.apply(idle);
  }
}
