package io.kidreaper.control;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
 * @param attached what is told of a pool that somebody else manages; then it has no generation, and
 *     nobody but its manager knows how many workers are wanted, so that both are 0 and not told
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
    List<HistoryEvent> lastEvents,
    Optional<AttachedStatus> attached) {
  /** Of a pool of kidreaper's own. */
  public PoolStatus(
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
    this(
        name,
        pid,
        state,
        since,
        listening,
        generation,
        wanted,
        ready,
        starting,
        draining,
        workers,
        limits,
        retirements,
        requestsCut,
        lastEvents,
        Optional.empty());
  }

  /** What a pool is doing. */
  public enum State {
    /** Another's pool that is measured, and whose workers are retired where they should be. */
    WATCHED,
    /** Another's pool whose manager is not there. */
    AWAY,
    /** Another's pool that a person does not want to be acted on now. */
    PAUSED,
    /** Another's pool that is not acted on until a person says so, since it did harm or no good. */
    FROZEN,
    /** Another's pool of whose workers none can be signalled safely. */
    HANDS_OFF,
    /** No worker was ready yet. */
    STARTING,
    SERVING,
    /** A restart is under way; it serves. */
    RESTARTING,
    STOPPING;

    /** As it is written and printed: {@code serving}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public PoolStatus {
    listening = List.copyOf(listening);
    workers = List.copyOf(workers);
    retirements = Collections.unmodifiableSortedMap(new TreeMap<>(retirements));
    lastEvents = List.copyOf(lastEvents);
  }
}
