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

/**
 * What is to be learned of a worker before it has served: its connections are counted from the
 * first on, and its memory is read when it is ready, which is what a fresh one needs. A moment
 * later it may have grown. Safe from any thread.
 */
final class FirstMoments implements LinuxWorkers.Witness {
  private final Processes processes;
  private final RequestCounters requests;
  private final Map<ProcessId, Long> bootBytes = new ConcurrentHashMap<>();

  FirstMoments(Processes processes, RequestCounters requests) {
    this.processes = processes;
    this.requests = requests;
  }

  @Override
  public void born(ProcessId worker) {
    requests.born(worker);
  }

  @Override
  public synchronized void ready(ProcessId worker) {
    if (processes.open(worker) instanceof Processes.Opened.Here(ProcessRef process)) {
      try (process) {
        if (process.memory() instanceof Sample sample) {
          sample.value(Measure.PRIVATE).ifPresent(bytes -> bootBytes.put(worker, bytes));
        }
      }
    }
  }

  /** Its private memory when it became ready; empty where nobody could read it then. */
  OptionalLong bootBytes(ProcessId worker) {
    Long bytes = bootBytes.get(worker);
    return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  /** What one more worker may need: the most of those that are there. */
  OptionalLong freshBytes() {
    return bootBytes.values().stream().mapToLong(Long::longValue).max();
  }

  /** Forgets all but these. */
  void keepOnly(Collection<ProcessId> workers) {
    bootBytes.keySet().retainAll(workers);
    requests.keepOnly(workers);
  }
}
