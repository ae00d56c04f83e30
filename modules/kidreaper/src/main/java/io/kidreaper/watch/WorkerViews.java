package io.kidreaper.watch;

import io.kidreaper.pool.ProcessId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a pool as they are shown, by their slots. Of a pool in which nothing happens they
 * are the same objects again: who watches many pools makes them for nobody, mostly. For one thread.
 */
final class WorkerViews {
  private final Slots slots = new Slots();
  private List<PoolView.Worker> last = List.of();
  private @Nullable Measured measuredThen;
  private long changesThen;

  /** What there is to show now. */
  List<PoolView.Worker> of(Measured measured, PoolMembers members, Leavers leavers) {
    long changes = members.changes() + leavers.changes();
    if (measured != measuredThen || changes != changesThen) {
      List<PoolView.Worker> now = made(measured, members, leavers);
      last = now.equals(last) ? last : now;
      measuredThen = measured;
      changesThen = changes;
    }
    return last;
  }

  private List<PoolView.Worker> made(Measured measured, PoolMembers members, Leavers leavers) {
    slots.follow(measured.workers());
    List<PoolView.Worker> workers = new ArrayList<>();
    for (ProcessId id : measured.workers()) {
      Measured.Of of = measured.of(id);
      workers.add(
          new PoolView.Worker(
              slots.of(id),
              id,
              of.bornMillis(),
              of.privateBytes(),
              of.pssBytes(),
              of.rssBytes(),
              of.sharedBytes(),
              of.requests(),
              members.occupation(id),
              leavers.reason(id)));
    }
    workers.sort((a, b) -> Integer.compare(a.slot(), b.slot()));
    return workers;
  }

  /** Nobody is there any more. */
  void clear() {
    slots.follow(List.of());
    last = List.of();
    measuredThen = null;
  }
}
