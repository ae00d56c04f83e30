package io.kidreaper.policy;

import io.kidreaper.pool.ProcessId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a policy remembers of a pool between two snapshots. Immutable.
 *
 * @param seed what each worker's jitter is drawn from
 * @param workers all of the last snapshot
 * @param departures condemned ones that have gone and were not replaced yet, oldest first
 * @param futileInARow retirements that gave back less than a tenth
 * @param topics of the notes that hold and were told
 */
public record PolicyState(
    long seed,
    Map<ProcessId, Watched> workers,
    List<Departure> departures,
    int futileInARow,
    OptionalLong lastDecisionMillis,
    Optional<Freeze> frozen,
    Set<String> topics) {
  public PolicyState {
    workers = Map.copyOf(workers);
    departures = List.copyOf(departures);
    topics = Set.copyOf(topics);
  }

  /** Of a pool that was not looked at yet. */
  public static PolicyState of(long seed) {
    return new PolicyState(
        seed, Map.of(), List.of(), 0, OptionalLong.empty(), Optional.empty(), Set.of());
  }

  /** Whether it was decided that a worker is to go, and it has not gone. */
  public boolean isCondemned(ProcessId worker) {
    Watched watched = workers.get(worker);
    return watched != null && watched.condemned().isPresent();
  }

  /** Workers decided and not gone, and those gone and not replaced. */
  public int leaving() {
    return departures.size()
        + (int) workers.values().stream().filter(it -> it.condemned().isPresent()).count();
  }
}
