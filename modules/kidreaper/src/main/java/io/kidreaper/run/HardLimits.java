package io.kidreaper.run;

import io.kidreaper.manager.PoolEvent;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Time;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.ToIntFunction;

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
  private final ToIntFunction<ProcessId> connections;
  private final BooleanSupplier machineRunsOut;
  private final PoolTelling telling;
  private final Casualties casualties;
  private final Map<ProcessId, Doomed> doomed = new HashMap<>();

  /**
   * @param kill ends a worker by its serial, request or not
   * @param connections that a worker holds now
   * @param machineRunsOut whether there is no time left for anybody
   */
  HardLimits(
      Duration deadline,
      Consumer<PoolEvent> events,
      LongConsumer kill,
      ToIntFunction<ProcessId> connections,
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
    int held = connections.applyAsInt(worker);
    casualties.add(held);
    telling.tell(
        "cut",
        "worker %d is killed with %d requests in its hands: %s, and %s"
            .formatted(
                worker.pid(),
                held,
                why.reason(),
                machineRunsOut
                    ? "the machine is about to run out of memory"
                    : "it has had its " + Time.words(deadline.toMillis())),
        worker);
    kill.accept(why.serial());
  }
}
