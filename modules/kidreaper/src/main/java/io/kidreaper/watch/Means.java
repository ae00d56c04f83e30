package io.kidreaper.watch;

import io.kidreaper.linux.SystemTime;
import io.kidreaper.linux.trace.BoundaryDeliverer;
import io.kidreaper.linux.trace.PeekObserver;
import io.kidreaper.retire.At;
import io.kidreaper.retire.AtAnyMoment;
import io.kidreaper.retire.BestPermitted;
import io.kidreaper.retire.Deliverer;
import io.kidreaper.retire.Observer;
import io.kidreaper.retire.WhenSeenIdle;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a retirement works with on this system: how workers are looked at and how a signal is
 * brought to them.
 */
public record Means(Deliverer deliverer, Observer observer, BoundaryDeliverer tracing)
    implements AutoCloseable {

  /**
   * @param at the moment asked for; empty for the best that is permitted
   * @param told hears once what right is missing for the best one
   */
  public static Means of(Optional<At> at, Consumer<String> told) {
    Observer observer = new PeekObserver();
    BoundaryDeliverer tracing = new BoundaryDeliverer();
    SystemTime time = new SystemTime();
    Deliverer idle = new WhenSeenIdle(observer, time);
    Deliverer deliverer =
        at.isEmpty()
            ? new BestPermitted(tracing, idle, told)
            : switch (at.get()) {
              case BOUNDARY -> tracing;
              case IDLE -> idle;
              case ANY -> new AtAnyMoment(observer, time);
            };
    return new Means(deliverer, observer, tracing);
  }

  @Override
  public void close() {
    tracing.close();
  }
}
