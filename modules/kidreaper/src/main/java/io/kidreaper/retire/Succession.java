package io.kidreaper.retire;

import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Tells newcomers of a pool from those that were there before; each newcomer once, also where
 * several threads ask.
 */
public final class Succession {
  private final PoolReader pool;
  private final Set<ProcessId> known;

  /**
   * @param known who is in the pool already
   */
  public Succession(PoolReader pool, Collection<ProcessId> known) {
    this.pool = pool;
    this.known = new HashSet<>(known);
  }

  /** Whoever has come by now, late for somebody else, is nobody's replacement any more. */
  public synchronized void settle() {
    known.addAll(membersNow());
  }

  /** A worker that was not there before; empty if none has come yet. */
  public synchronized Optional<ProcessId> newcomer() {
    Optional<ProcessId> newcomer =
        membersNow().stream().filter(id -> !known.contains(id)).findFirst();
    newcomer.ifPresent(known::add);
    return newcomer;
  }

  private Set<ProcessId> membersNow() {
    return switch (pool.read(_ -> false)) {
      case PoolReading.Read(var snapshot) -> snapshot.ids();
      // Whoever watches the manager tells a lost one from a list that could not be had this time.
      case PoolReading.ManagerGone _, PoolReading.Unreadable _ -> Set.of();
    };
  }
}
