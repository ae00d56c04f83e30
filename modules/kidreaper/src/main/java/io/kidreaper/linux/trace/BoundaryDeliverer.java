package io.kidreaper.linux.trace;

import io.kidreaper.retire.Deliverer;
import io.kidreaper.retire.Delivery;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.ProcessRef;
import io.kidreaper.retire.Signal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Delivers at the boundary, by a tracer that is started when it is first needed: most sweeps find
 * nobody to retire. Not for several threads at once.
 */
public final class BoundaryDeliverer implements Deliverer, AutoCloseable {
  private Optional<Tracer> tracer = Optional.empty();

  @Override
  public Delivery deliver(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
    return told(
        signal,
        practised().deliver(worker.id(), signal.number(), patience, cancelled::getAsBoolean));
  }

  @Override
  public Delivery deliverWithoutConnection(
      ProcessRef worker, Signal signal, Duration patience, BooleanSupplier cancelled) {
    return told(
        signal,
        practised()
            .deliverWithoutConnection(
                worker.id(), signal.number(), patience, cancelled::getAsBoolean));
  }

  private static Delivery told(Signal signal, io.kidreaper.linux.trace.Delivery delivery) {
    return switch (delivery) {
      case Delivered(Boundary boundary) ->
          new Delivery.Delivered(
              new Moment(
                  switch (boundary.where()) {
                    case IDLE -> Moment.Kind.HELD_IDLE;
                    case ENTRY -> Moment.Kind.HELD_AT_ENTRY;
                    case ELSEWHERE -> Moment.Kind.HELD_WITHOUT_CONNECTION;
                  },
                  signal,
                  boundary.reachedNanos() / 1000,
                  boundary.heldNanos() / 1000,
                  boundary.stops()));
      case NotReached.Busy(int connections, Duration waited) ->
          new Delivery.Busy(connections, waited.toMillis());
      case NotReached.Cancelled() -> new Delivery.Cancelled();
      case NotReached.Vanished() -> new Delivery.Gone();
      case NotReached.NotSame() -> new Delivery.Gone();
      case NotReached.NotPermitted denied -> new Delivery.NotPermitted("it " + denied.words());
      case NotReached.Replaced replaced -> notNow(replaced);
      case NotReached.AlreadyTraced traced -> notNow(traced);
      case NotReached.Stopped stopped -> notNow(stopped);
      case NotReached.Uninterruptible uninterruptible -> notNow(uninterruptible);
      case NotReached.Unclear unclear -> notNow(unclear);
    };
  }

  private Tracer practised() {
    if (tracer.isEmpty()) {
      Tracer started = Tracer.start();
      tracer = Optional.of(started);
      Practice.with(started);
    }
    return tracer.get();
  }

  private static Delivery notNow(NotReached why) {
    return new Delivery.NotNow("it " + why.words());
  }

  @Override
  public void close() {
    tracer.ifPresent(Tracer::close);
    tracer = Optional.empty();
  }
}
