package io.kidreaper.policy;

import io.kidreaper.pool.Snapshot;
import java.util.List;

/**
 * Who of a pool should go, and why. Pure: what was seen of the pool goes in, decisions come out,
 * and what is to be remembered is handed back.
 *
 * <p>It promises: a worker below all that is set is not decided, nor one of which nobody knows; no
 * worker is decided twice, save once more by the hard limit; no more are leaving at once and no
 * fewer left than the restraint says; and where going leads nowhere, because fresh workers are as
 * large, it stops and says so.
 *
 * <p>Settings may change between two steps: make another policy and go on with the same state.
 */
public record PoolPolicy(PolicySettings settings) {
  /**
   * @param decisions the most urgent first
   * @param heldBack whether somebody else is to go as soon as those who leave are replaced and the
   *     gap between two is over
   */
  public record Step(
      PolicyState state, List<Decision> decisions, List<PolicyNote> notes, boolean heldBack) {
    public Step {
      decisions = List.copyOf(decisions);
      notes = List.copyOf(notes);
    }
  }

  /**
   * Looks at a pool.
   *
   * @param nowMillis of a clock that never goes back; its zero does not matter
   */
  public Step step(PolicyState state, Snapshot snapshot, long nowMillis) {
    Turn turn = new Turn(settings, state, nowMillis);
    turn.look(snapshot);
    return turn.done();
  }

  /**
   * Whether a snapshot in which nobody's memory has changed would change nothing: nobody is over a
   * limit, leaves, or is waited for, and nothing is set that time alone brings about.
   */
  public boolean isAtRest(PolicyState state, long nowMillis) {
    if (settings.budgetBytes().isPresent()
        || settings.maxRequests().isPresent()
        || settings.maxAgeMillis().isPresent()
        || settings.idleRetireMillis().isPresent()
        || settings.hardLimit().isPresent()
        || !state.departures().isEmpty()) {
      return false;
    }
    for (Watched watched : state.workers().values()) {
      if (watched.overInARow() > 0
          || watched.condemned().isPresent()
          || watched.succeedsBytes().isPresent()
          || watched.notBeforeMillis() > nowMillis) {
        return false;
      }
    }
    return true;
  }

  /** When the next worker may be decided, if those who leave are replaced by then. */
  public long nextDecisionMillis(PolicyState state, long nowMillis) {
    return state.lastDecisionMillis().isPresent()
        ? Math.max(
            nowMillis, state.lastDecisionMillis().getAsLong() + settings.restraint().gapMillis())
        : nowMillis;
  }

  /** Takes a report; what follows from it shows at the next step. */
  public Step hear(PolicyState state, Report report, long nowMillis) {
    Turn turn = new Turn(settings, state, nowMillis);
    turn.hear(report);
    return turn.done();
  }
}
