package io.kidreaper.control;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pool at one moment, for people and programs. What was not read or is not counted is empty.
 *
 * @param name of the pool
 * @param pid of the kidreaper that keeps it
 * @param state what it is doing
 * @param since when it entered that state
 * @param listening its addresses, as the command line takes them
 * @param generation that the last restart asked for, from 1
 * @param wanted workers asked for
 * @param ready workers that serve, those that are to go soon included
 * @param starting processes that have not been seen ready
 * @param draining workers on their way out
 * @param limits in force
 * @param retirements how many workers were retired, by reason
 * @param requestsCut that kidreaper itself cut by killing a worker
 * @param lastEvents oldest first
 */
public record PoolStatus(
    String name,
    long pid,
    State state,
    Instant since,
    List<String> listening,
    int generation,
    int wanted,
    int ready,
    int starting,
    int draining,
    List<WorkerStatus> workers,
    PoolLimits limits,
    SortedMap<String, Long> retirements,
    OptionalLong requestsCut,
    List<HistoryEvent> lastEvents) {
  /** What a pool is doing. */
  public enum State {
    /** No worker was ready yet. */
    STARTING,
    SERVING,
    /** A restart is under way; it serves. */
    RESTARTING,
    STOPPING;

    /** As it is written and printed: {@code serving}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public PoolStatus {
    listening = List.copyOf(listening);
    workers = List.copyOf(workers);
    retirements = Collections.unmodifiableSortedMap(new TreeMap<>(retirements));
    lastEvents = List.copyOf(lastEvents);
  }
}
