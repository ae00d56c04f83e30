package io.kidreaper.retire;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Looks at a worker again and again, without touching it, until what it does decides. */
final class Lookout {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

  private final Observer observer;
  private final Time time;

  Lookout(Observer observer, Time time) {
    this.observer = observer;
    this.time = time;
  }

  /** Says what comes of a look; empty to look again. */
  @FunctionalInterface
  interface Judge {
    Optional<Delivery> judge(Activity seen, long waitedMillis);
  }

  Delivery await(ProcessRef worker, BooleanSupplier cancelled, Judge judge) {
    long asked = time.nanos();
    while (true) {
      Activity seen = observer.look(worker.id());
      // After the look, which takes its time: nothing comes between this and the signal.
      if (cancelled.getAsBoolean()) {
        return new Delivery.Cancelled();
      }
      Optional<Delivery> decided = judge.judge(seen, time.millisSince(asked));
      if (decided.isPresent()) {
        return decided.get();
      }
      time.sleep(BETWEEN_LOOKS);
    }
  }
}
