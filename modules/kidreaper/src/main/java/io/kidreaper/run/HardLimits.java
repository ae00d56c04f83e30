package io.kidreaper.run;

import io.kidreaper.manager.PoolEvent;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * The last resort against one worker: it goes at its next boundary, without waiting for another to
 * be ready; its present request has a deadline, and is cut when that has passed, or when the
 * machine itself is about to run out of memory. For one thread.
 */
final class HardLimits {
  private record Doomed(long serial, String reason, long untilMillis) {}

  private final Duration deadline;
  private final Consumer<PoolEvent> events;
  private final LongConsumer kill;
  private final Function<ProcessId, OptionalInt> connections;
  private final BooleanSupplier machineRunsOut;
  private final PoolTelling telling;
  private final Casualties casualties;
  private final Map<ProcessId, Doomed> doomed = new HashMap<>();

  /**
   * @param kill ends a worker by its serial, request or not
   * @param connections that a worker holds now; empty where that cannot be seen
   * @param machineRunsOut whether there is no time left for anybody
   */
  HardLimits(
      Duration deadline,
      Consumer<PoolEvent> events,
      LongConsumer kill,
      Function<ProcessId, OptionalInt> connections,
      BooleanSupplier machineRunsOut,
      PoolTelling telling,
      Casualties casualties) {
    this.deadline = deadline;
    this.events = events;
    this.kill = kill;
    this.connections = connections;
    this.machineRunsOut = machineRunsOut;
    this.telling = telling;
    this.casualties = casualties;
  }

  /** A worker has reached it. */
  void reached(long serial, ProcessId worker, String reason, long nowMillis) {
    if (doomed.containsKey(worker)) {
      return;
    }
    doomed.put(worker, new Doomed(serial, reason, nowMillis + deadline.toMillis()));
    telling.tell(
        "hard-limit",
        "worker %d: %s; what it is at may take %s more"
            .formatted(worker.pid(), reason, Time.words(deadline.toMillis())),
        worker);
    events.accept(new PoolEvent.Expel(serial, reason));
  }

  /**
   * Cuts those whose time is over.
   *
   * @param there who of the pool is still there
   */
  void check(Map<Long, ProcessId> there, long nowMillis) {
    doomed.keySet().retainAll(there.values());
    if (doomed.isEmpty()) {
      return;
    }
    boolean now = machineRunsOut.getAsBoolean();
    doomed
        .entrySet()
        .removeIf(entry -> {
          boolean over = now || nowMillis >= entry.getValue().untilMillis();
          if (over) {
            cut(entry.getKey(), entry.getValue(), now);
          }
          return over;
        });
  }

  private void cut(ProcessId worker, Doomed why, boolean machineRunsOut) {
    OptionalInt held = connections.apply(worker);
    casualties.add(held.orElse(0));
    telling.tell(
        "cut",
        "worker %d is killed with %s requests in its hands: %s, and %s"
            .formatted(
                worker.pid(),
                held.isPresent() ? held.getAsInt() : "an unknown number of",
                why.reason(),
                machineRunsOut
                    ? "the machine is about to run out of memory"
                    : "it has had its " + Time.words(deadline.toMillis())),
        worker);
    kill.accept(why.serial());
  }
}
