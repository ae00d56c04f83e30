package io.kidreaper.retire;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The plain signal, at once. Only a worker that is at no work and waits for none is given the
 * patience first: between its fork and its first request it may still have its manager's signal
 * handlers, and would do to its siblings what they do.
 */
public final class AtAnyMoment implements Deliverer {
  private final Lookout lookout;
  private final Time time;

  public AtAnyMoment(Observer observer, Time time) {
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
              // What cannot be looked at is signalled all the same: this is what "any" asks for.
              case Activity.Idle _, Activity.Serving _, Activity.Suspended _, Activity.Unclear _ ->
                  Optional.of(send(worker, signal, Moment.Kind.ANY, asked, time));
              case Activity.Gone() -> Optional.of(new Delivery.Gone());
              // After the patience it is no newborn any more: it computes, or spins.
              case Activity.Between() ->
                  waitedMillis < patience.toMillis()
                      ? Optional.empty()
                      : Optional.of(send(worker, signal, Moment.Kind.ANY, asked, time));
            });
  }

  @Override
  public Delivery deliverWithoutConnection(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
    return cancelled.getAsBoolean()
        ? new Delivery.Cancelled()
        : send(worker, signal, Moment.Kind.ANY, time.nanos(), time);
  }

  static Delivery send(
      ProcessRef worker, Signal signal, Moment.Kind kind, long askedNanos, Time time) {
    return switch (worker.send(signal)) {
      case ProcessRef.Sent.Gone() -> new Delivery.Gone();
      case ProcessRef.Sent.Refused(String reason) -> new Delivery.NotPermitted(reason);
      case ProcessRef.Sent.Done() ->
          new Delivery.Delivered(
              new Moment(kind, signal, (time.nanos() - askedNanos) / 1000, 0, 0));
    };
  }
}
