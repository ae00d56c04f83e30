package io.kidreaper.retire;

import io.kidreaper.policy.LimitPolicy;
import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.SweepReport.WorkerReport;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * One turn of the loop: read the pool, judge each worker, retire those over the limit one after
 * another, largest first, and see each one replaced.
 */
public final class Sweep {
  private static final Duration STEP = Duration.ofMillis(200);

  private final SweepPlan plan;
  private final PoolReader pool;
  private final Time time;
  private final Progress progress;
  private final BooleanSupplier cancelled;
  private final Retirement retirement;

  /**
   * @param cancelled asked between two steps: true ends the sweep without a further signal
   */
  public Sweep(
      SweepPlan plan,
      PoolReader pool,
      Processes processes,
      ManagerWatch watch,
      Time time,
      Progress progress,
      BooleanSupplier cancelled) {
    this.plan = plan;
    this.pool = pool;
    this.time = time;
    this.progress = progress;
    this.cancelled = cancelled;
    this.retirement = new Retirement(processes, pool, watch, time, progress, cancelled);
  }

  /** What a sweep comes to: a report, or the reason why there was no pool to sweep. */
  public sealed interface Result {
    record Swept(SweepReport report) implements Result {}

    record NoPool(String reason) implements Result {}
  }

  public Result run() {
    return switch (pool.read(plan.limit()::needsDetail)) {
      case PoolReading.ManagerGone(String reason) -> new Result.NoPool(reason);
      case PoolReading.Unreadable(String reason) -> new Result.NoPool(reason);
      case PoolReading.Read(Snapshot snapshot) -> new Result.Swept(sweep(snapshot));
    };
  }

  private SweepReport sweep(Snapshot snapshot) {
    List<Verdict> verdicts = new LimitPolicy(plan.limit()).judge(snapshot);
    Map<ProcessId, Outcome> retirements = plan.dryRun() ? Map.of() : retireAll(snapshot, verdicts);
    List<WorkerReport> workers =
        verdicts.stream()
            .map(verdict -> new WorkerReport(verdict, outcome(verdict, retirements)))
            .toList();
    return new SweepReport(
        snapshot.manager(),
        plan,
        workers,
        managerLost(retirements.values()),
        interrupted(retirements));
  }

  private Map<ProcessId, Outcome> retireAll(Snapshot snapshot, List<Verdict> verdicts) {
    List<Verdict.Retire> victims =
        verdicts.stream()
            .filter(Verdict.Retire.class::isInstance)
            .map(Verdict.Retire.class::cast)
            .sorted((a, b) -> Long.compare(b.valueBytes(), a.valueBytes()))
            .toList();
    Set<ProcessId> known = new HashSet<>(snapshot.ids());
    Map<ProcessId, Outcome> outcomes = new HashMap<>();
    Optional<Long> lastSignal = Optional.empty();
    for (Verdict.Retire victim : victims) {
      ProcessId id = victim.member().id();
      if (lastSignal.isPresent()) {
        pauseSince(lastSignal.get());
      }
      if (cancelled.getAsBoolean()) {
        outcomes.put(
            id,
            new Outcome.NotSignalled(
                Outcome.Why.INTERRUPTED, "kidreaper was asked to stop before its turn"));
        continue;
      }
      long asked = time.nanos();
      Outcome outcome = retirement.retire(id, plan.signal(), plan.grace(), known);
      outcomes.put(id, outcome);
      if (outcome instanceof Outcome.Retired retired) {
        known.add(retired.replacement().id());
      }
      if (signalled(outcome)) {
        lastSignal = Optional.of(asked);
      }
      Optional<String> lost = managerLost(List.of(outcome));
      if (lost.isPresent()) {
        leaveTheRest(victims, lost.get(), outcomes);
        break;
      }
    }
    return outcomes;
  }

  /** Nobody knows what a worker without its manager would do on a signal, so none gets one. */
  private static void leaveTheRest(
      List<Verdict.Retire> victims, String reason, Map<ProcessId, Outcome> outcomes) {
    for (Verdict.Retire victim : victims) {
      outcomes.putIfAbsent(
          victim.member().id(), new Outcome.NotSignalled(Outcome.Why.MANAGER_LOST, reason));
    }
  }

  private void pauseSince(long signalNanos) {
    while (!cancelled.getAsBoolean()) {
      long remaining = plan.pause().toMillis() - time.millisSince(signalNanos);
      if (remaining <= 0) {
        return;
      }
      progress.pausing(remaining);
      time.sleep(Duration.ofMillis(Math.min(remaining, STEP.toMillis())));
    }
  }

  private Outcome outcome(Verdict verdict, Map<ProcessId, Outcome> retirements) {
    return switch (verdict) {
      case Verdict.Keep _ -> new Outcome.Kept();
      case Verdict.Gone _ -> new Outcome.Vanished();
      case Verdict.Unknown(_, String reason) -> new Outcome.Unreadable(reason);
      case Verdict.Retire(var member, _) ->
          retirements.getOrDefault(member.id(), new Outcome.WouldRetire());
    };
  }

  private static boolean signalled(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Retired _, Outcome.NotReplaced _, Outcome.StillThere _, Outcome.ManagerLost _ ->
          true;
      case Outcome.Kept _,
          Outcome.WouldRetire _,
          Outcome.Vanished _,
          Outcome.Unreadable _,
          Outcome.NotSignalled _ ->
          false;
    };
  }

  private static Optional<String> managerLost(Collection<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.ManagerLost(_, String reason)) {
        return Optional.of(reason);
      }
      if (outcome instanceof Outcome.NotSignalled(Outcome.Why why, String detail)
          && why == Outcome.Why.MANAGER_LOST) {
        return Optional.of(detail);
      }
    }
    return Optional.empty();
  }

  private boolean interrupted(Map<ProcessId, Outcome> outcomes) {
    return cancelled.getAsBoolean()
        && outcomes.values().stream()
            .anyMatch(outcome ->
                (outcome instanceof Outcome.NotSignalled(Outcome.Why why, _)
                        && why == Outcome.Why.INTERRUPTED)
                    || outcome instanceof Outcome.StillThere
                    || outcome instanceof Outcome.NotReplaced);
  }
}
