package io.kidreaper.retire;

import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.ProcessId;
import java.util.ArrayList;
import java.util.List;

/** Those who should go and have not had their turn: idle ones first, then the largest. */
final class Victims {
  private final List<Verdict.Retire> waiting = new ArrayList<>();
  private final Observer observer;

  Victims(List<Verdict> verdicts, Observer observer) {
    this.observer = observer;
    for (Verdict verdict : verdicts) {
      if (verdict instanceof Verdict.Retire retire) {
        waiting.add(retire);
      }
    }
    // Not by Comparator.comparingLong: its kind of lambda cannot be in the start-up cache.
    waiting.sort((a, b) -> Long.compare(b.valueBytes(), a.valueBytes()));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Whose turn it is now: the largest of those that are idle at this moment, else the largest. */
  ProcessId next() {
    int turn = 0;
    if (waiting.size() > 1) {
      for (int i = waiting.size() - 1; i >= 0; i--) {
        if (observer.look(waiting.get(i).member().id()) instanceof Activity.Idle) {
          turn = i;
        }
      }
    }
    return waiting.remove(turn).member().id();
  }

  /** All who are left; they have had their turn with this. */
  List<ProcessId> rest() {
    List<ProcessId> rest = waiting.stream().map(retire -> retire.member().id()).toList();
    waiting.clear();
    return rest;
  }
}
