package io.kidreaper.retire;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Looks without touching, again and again, and signals when the worker is seen idle. Between the
 * look and the signal lies an instant in which a request may arrive; this is what tracing would
 * rule out.
 */
public final class WhenSeenIdle implements Deliverer {
  private final Lookout lookout;
  private final Time time;

  public WhenSeenIdle(Observer observer, Time time) {
    this.lookout = new Lookout(observer, time);
    this.time = time;
  }

  @Override
  public Delivery deliver(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
    long asked = time.nanos();
    return lookout.await(
        worker,
        cancelled,
        (seen, waitedMillis) ->
            switch (seen) {
              case Activity.Idle() -> send(worker, signal, Moment.Kind.SEEN_IDLE, asked);
              case Activity.Between() -> busy(0, waitedMillis, patience);
              case Activity.Serving(int connections) -> busy(connections, waitedMillis, patience);
              case Activity.Gone _, Activity.Suspended _, Activity.Unclear _ -> notSeen(seen);
            });
  }

  @Override
  public Delivery deliverWithoutConnection(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
    long asked = time.nanos();
    return lookout.await(
        worker,
        cancelled,
        (seen, waitedMillis) ->
            switch (seen) {
              case Activity.Idle() -> send(worker, signal, Moment.Kind.SEEN_IDLE, asked);
              case Activity.Between() -> send(worker, signal, Moment.Kind.ANY, asked);
              case Activity.Serving(int connections) -> busy(connections, waitedMillis, patience);
              case Activity.Gone _, Activity.Suspended _, Activity.Unclear _ -> notSeen(seen);
            });
  }

  private Optional<Delivery> send(
      ProcessRef worker, Signal signal, Moment.Kind kind, long askedNanos) {
    return Optional.of(AtAnyMoment.send(worker, signal, kind, askedNanos, time));
  }

  private static Optional<Delivery> busy(int connections, long waitedMillis, Duration patience) {
    return waitedMillis < patience.toMillis()
        ? Optional.empty()
        : Optional.of(new Delivery.Busy(connections, waitedMillis));
  }

  private static Optional<Delivery> notSeen(Activity seen) {
    return switch (seen) {
      case Activity.Gone() -> Optional.of(new Delivery.Gone());
      case Activity.Suspended(String reason) -> Optional.of(new Delivery.NotNow(reason));
      case Activity.Unclear(String reason) ->
          Optional.of(new Delivery.NotPermitted("it cannot be seen whether it is idle: " + reason));
      case Activity.Idle _, Activity.Between _, Activity.Serving _ -> Optional.empty();
    };
  }
}
