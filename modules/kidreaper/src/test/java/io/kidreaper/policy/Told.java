package io.kidreaper.policy;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.List;
import java.util.stream.Stream;

/** A policy at work in a test, which remembers its state between two looks. */
final class Told {
  private static final ProcessId MANAGER = new ProcessId(10, 1);

  private PoolPolicy policy;
  private PolicyState state = PolicyState.of(7);
  private long nowMillis = 1_000_000;
  private List<PolicyNote> notes = List.of();
  private boolean heldBack;

  Told(Given given) {
    this.policy = new PoolPolicy(given.settings());
  }

  Told after(long millis) {
    nowMillis += millis;
    return this;
  }

  List<Decision> sees(Someone... workers) {
    PoolPolicy.Step step =
        policy.step(
            state,
            new Snapshot(MANAGER, Stream.of(workers).map(Someone::member).toList()),
            nowMillis);
    state = step.state();
    notes = step.notes();
    heldBack = step.heldBack();
    return step.decisions();
  }

  Told hears(Report report) {
    PoolPolicy.Step step = policy.hear(state, report, nowMillis);
    state = step.state();
    notes = step.notes();
    return this;
  }

  Told with(Given other) {
    policy = new PoolPolicy(other.settings());
    return this;
  }

  /** Of the last step. */
  List<PolicyNote> notes() {
    return notes;
  }

  /** Of the last step. */
  boolean heldBack() {
    return heldBack;
  }

  /** From now, in milliseconds. */
  long nextDecisionIn() {
    return policy.nextDecisionMillis(state, nowMillis) - nowMillis;
  }

  PolicyState state() {
    return state;
  }

  static List<Integer> pids(List<Decision> decisions) {
    return decisions.stream().map(decision -> decision.worker().pid()).toList();
  }
}
