package io.kidreaper.watch;

import io.kidreaper.policy.PolicySettings;
import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.ProcessId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * A pool as it was at its last turn; what everybody who looks at it reads. What was not read is
 * empty.
 *
 * @param why it is not acted on, for the states in which it is not
 * @param stateSinceMillis of the watch's clock, when it entered the state
 * @param manager while it is there
 * @param command the manager's, while it is there
 * @param workers in the order of their slots
 * @param limits that are set, also while they are not acted on
 * @param decided how many were to go, by the word of the reason
 * @param readings of the pool so far
 * @param readingNanos of CPU time that they took together
 * @param stretched whether they come more seldom than asked for, to keep within the CPU budget
 */
public record PoolView(
    String name,
    State state,
    Optional<String> why,
    long stateSinceMillis,
    String where,
    Optional<ProcessId> manager,
    Optional<String> command,
    List<Worker> workers,
    PolicySettings limits,
    boolean dryRun,
    SortedMap<String, Long> decided,
    Tally tally,
    long readings,
    long readingNanos,
    boolean stretched) {
  public PoolView {
    workers = List.copyOf(workers);
  }

  /** Whether a pool is acted on. */
  public enum State {
    /** Its workers are measured, and retired where they should be. */
    WATCHED,
    /** Its manager is not there. */
    AWAY,
    /** It is measured and not acted on, until a person says so. */
    PAUSED,
    /** It is measured and not acted on, since that did harm or no good, until a person says so. */
    FROZEN,
    /** It is measured and never acted on: no signal is safe there. */
    HANDS_OFF;

    /** As it is written and printed: {@code hands-off}. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * One worker.
   *
   * @param slot of the pool, from 0
   * @param bornMillis when it began, on a clock that never goes back
   * @param requests connections that it has accepted at least
   * @param leaving why it is to go
   */
  public record Worker(
      int slot,
      ProcessId id,
      OptionalLong bornMillis,
      OptionalLong privateBytes,
      OptionalLong pssBytes,
      OptionalLong rssBytes,
      OptionalLong sharedBytes,
      OptionalLong requests,
      Occupation occupation,
      Optional<String> leaving) {

    /** How old it is now. */
    public OptionalLong ageMillis() {
      return Measured.since(bornMillis);
    }
  }
}
