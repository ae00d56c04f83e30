package io.kidreaper.retire;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Looks without touching, again and again, and signals when the worker is seen idle. Between the
 * look and the signal lies an instant in which a request may arrive; this is what tracing would
 * rule out.
 */
public final class WhenSeenIdle implements Deliverer {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

  private final Observer observer;
  private final Time time;

  public WhenSeenIdle(Observer observer, Time time) {
    this.observer = observer;
    this.time = time;
  }

  @Override
  public Delivery deliver(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
    long asked = time.nanos();
    while (true) {
      Activity seen = observer.look(worker.id());
      // After the look, which takes its time: nothing comes between this and the signal.
      if (cancelled.getAsBoolean()) {
        return new Delivery.Cancelled();
      }
      long waited = time.millisSince(asked);
      switch (seen) {
        case Activity.Idle() -> {
          return AtAnyMoment.send(worker, signal, Moment.Kind.SEEN_IDLE, asked, time);
        }
        case Activity.Gone() -> {
          return new Delivery.Gone();
        }
        case Activity.Suspended(String reason) -> {
          return new Delivery.NotNow(reason);
        }
        case Activity.Unclear(String reason) -> {
          return new Delivery.NotPermitted("it cannot be seen whether it is idle: " + reason);
        }
        case Activity.Serving(int connections) -> {
          if (waited >= patience.toMillis()) {
            return new Delivery.Busy(connections, waited);
          }
        }
        case Activity.Between() -> {
          if (waited >= patience.toMillis()) {
            return new Delivery.Busy(0, waited);
          }
        }
      }
      time.sleep(BETWEEN_LOOKS);
    }
  }
}
