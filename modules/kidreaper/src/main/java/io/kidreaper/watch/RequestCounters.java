package io.kidreaper.watch;

import io.kidreaper.linux.process.AcceptCounter;
import io.kidreaper.pool.ProcessId;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts each worker's accepted connections from its start on. Safe from any thread. */
public final class RequestCounters implements AutoCloseable {
  private final Map<ProcessId, AcceptCounter> counters = new ConcurrentHashMap<>();
  private final Set<ProcessId> adopted = ConcurrentHashMap.newKeySet();

  /** A worker has just been started and cannot have accepted anything yet. */
  public void born(ProcessId worker) {
    if (AcceptCounter.open(worker.pid(), AcceptCounter.TRACEFS)
        instanceof AcceptCounter.Opened.Counting(AcceptCounter counter)) {
      counters.put(worker, counter);
    }
  }

  /** A worker was taken over: what it accepted before is not known, and comes on top. */
  public void adopted(ProcessId worker) {
    adopted.add(worker);
    born(worker);
  }

  /** At least so many connections it has accepted; empty where nobody counts. */
  public OptionalLong atLeast(ProcessId worker) {
    AcceptCounter counter = counters.get(worker);
    return counter == null ? OptionalLong.empty() : counter.accepted();
  }

  /** Whether what is counted is all that it ever accepted. */
  public boolean isWhole(ProcessId worker) {
    return !adopted.contains(worker);
  }

  /** Forgets all but these. */
  public void keepOnly(Collection<ProcessId> workers) {
    if (counters.isEmpty() && adopted.isEmpty()) {
      return;
    }
    adopted.retainAll(workers);
    counters
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !workers.contains(entry.getKey());
          if (gone) {
            entry.getValue().close();
          }
          return gone;
        });
  }

  @Override
  public void close() {
    keepOnly(Set.of());
  }
}
