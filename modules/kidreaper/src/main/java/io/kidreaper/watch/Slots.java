package io.kidreaper.watch;

import io.kidreaper.pool.ProcessId;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Gives each worker of a pool a number, the smallest that is free, so that what is told of workers
 * over months has as many series as the pool has had workers at once, and not one for each process.
 */
final class Slots {
  private final Map<ProcessId, Integer> taken = new HashMap<>();
  private final BitSet used = new BitSet();

  /** Takes newcomers in, and frees the slots of those that are gone. */
  void follow(Collection<ProcessId> workers) {
    taken
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !workers.contains(entry.getKey());
          if (gone) {
            used.clear(entry.getValue());
          }
          return gone;
        });
    for (ProcessId worker : workers) {
      taken.computeIfAbsent(
          worker,
          _ -> {
            int free = used.nextClearBit(0);
            used.set(free);
            return free;
          });
    }
  }

  /** The slot of a worker that is there, from 0. */
  int of(ProcessId worker) {
    Integer slot = taken.get(worker);
    if (slot == null) {
      throw new IllegalArgumentException("no worker: " + worker);
    }
    return slot;
  }
}
