package io.kidreaper.retire;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The plain signal, at once. Only a worker that is at no work and waits for none is given the
 * patience first: between its fork and its first request it may still have its manager's signal
 * handlers, and would do to its siblings what they do.
 */
public final class AtAnyMoment implements Deliverer {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

  private final Observer observer;
  private final Time time;

  public AtAnyMoment(Observer observer, Time time) {
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
      switch (seen) {
        // What cannot be looked at is signalled all the same: this is what "any" asks for.
        case Activity.Idle _, Activity.Serving _, Activity.Suspended _, Activity.Unclear _ -> {
          return send(worker, signal, Moment.Kind.ANY, asked, time);
        }
        case Activity.Gone() -> {
          return new Delivery.Gone();
        }
        case Activity.Between() -> {
          if (time.millisSince(asked) >= patience.toMillis()) {
            // No newborn any more: it computes, or spins.
            return send(worker, signal, Moment.Kind.ANY, asked, time);
          }
        }
      }
      time.sleep(BETWEEN_LOOKS);
    }
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
