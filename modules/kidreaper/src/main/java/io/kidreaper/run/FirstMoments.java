package io.kidreaper.run;

import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.ProcessRef;
import io.kidreaper.retire.Processes;
import io.kidreaper.watch.RequestCounters;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What is to be learned of a worker before it has served: its connections are counted from the
 * first on, and its memory is read when it is ready, which is what a fresh one needs. Safe from any
 * thread.
 *
 * <p>A moment later it may have grown, and on a busy machine that moment can be long. A size that a
 * worker has leaked to must not count as what every worker needs: its limit would be given up, for
 * good. So only the size of one that has accepted no more than its first connection is a boot size;
 * where nobody counts connections, of one that was read within a moment of not being ready. Of
 * others two readings some seconds apart have to tell (the policy's {@code Fresh}).
 */
final class FirstMoments implements LinuxWorkers.Witness {
  /** Some looks apart; in this time hardly any program grows by what matters. */
  private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Processes processes;
  private final RequestCounters requests;
  private final Function<ProcessId, OptionalLong> accepted;
  private final Map<ProcessId, FirstReading> readings = new ConcurrentHashMap<>();

  /**
   * A worker's private memory when it was first seen ready.
   *
   * @param untouched whether it cannot have grown by its requests until then
   */
  private record FirstReading(long bytes, boolean untouched) {}

  FirstMoments(Processes processes, RequestCounters requests) {
    this(processes, requests, requests::atLeast);
  }

  /**
   * @param accepted how many connections a worker has accepted by now, if anybody counts
   */
  FirstMoments(
      Processes processes, RequestCounters requests, Function<ProcessId, OptionalLong> accepted) {
    this.processes = processes;
    this.requests = requests;
    this.accepted = accepted;
  }

  @Override
  public void born(ProcessId worker) {
    requests.born(worker);
  }

  @Override
  public synchronized void ready(ProcessId worker, long notYetNanos) {
    if (processes.open(worker) instanceof Processes.Opened.Here(ProcessRef process)) {
      try (process) {
        if (process.memory() instanceof Sample sample) {
          sample
              .value(Measure.PRIVATE)
              .ifPresent(bytes ->
                  readings.put(
                      worker, new FirstReading(bytes, hasHardlyServed(worker, notYetNanos))));
        }
      }
    }
  }

  /** Asked after the reading, so that nothing served meanwhile is missed. */
  private boolean hasHardlyServed(ProcessId worker, long notYetNanos) {
    OptionalLong connections = accepted.apply(worker);
    return connections.isPresent()
        ? connections.getAsLong() <= 1
        : System.nanoTime() - notYetNanos <= MOMENT_NANOS;
  }

  /** What it needs before it has grown; empty where nobody read it in time. */
  OptionalLong bootBytes(ProcessId worker) {
    FirstReading reading = readings.get(worker);
    return reading == null || !reading.untouched()
        ? OptionalLong.empty()
        : OptionalLong.of(reading.bytes());
  }

  /** What one more worker may need, rather too much: the most of those that are there. */
  OptionalLong freshBytes() {
    return readings.values().stream().mapToLong(FirstReading::bytes).max();
  }

  /** Forgets all but these. */
  void keepOnly(Collection<ProcessId> workers) {
    readings.keySet().retainAll(workers);
    requests.keepOnly(workers);
  }
}
