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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * One turn of the loop: read the pool, judge each worker, retire those over the limit one after
 * another, and see each one replaced.
 */
public final class Sweep {
  private static final Duration STEP = Duration.ofMillis(200);

  private final SweepPlan plan;
  private final PoolReader pool;
  private final Workers workers;
  private final Processes processes;
  private final Deliverer deliverer;
  private final Observer observer;
  private final ManagerWatch watch;
  private final Time time;
  private final Progress progress;
  private final BooleanSupplier cancelled;

  /**
   * @param workers asked only where a member is over the limit
   * @param cancelled asked between two steps: true ends the sweep without a further signal
   */
  public Sweep(
      SweepPlan plan,
      PoolReader pool,
      Workers workers,
      Processes processes,
      Deliverer deliverer,
      Observer observer,
      ManagerWatch watch,
      Time time,
      Progress progress,
      BooleanSupplier cancelled) {
    this.plan = plan;
    this.pool = pool;
    this.workers = workers;
    this.processes = processes;
    this.deliverer = deliverer;
    this.observer = observer;
    this.watch = watch;
    this.time = time;
    this.progress = progress;
    this.cancelled = cancelled;
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
    Map<ProcessId, Outcome> outcomes = new HashMap<>();
    // Which children are workers costs some reading, and matters only where one is to go.
    if (verdicts.stream().anyMatch(verdict -> verdict instanceof Verdict.Retire)) {
      workers
          .notAmong(snapshot)
          .forEach((id, reason) -> outcomes.put(id, new Outcome.NotAWorker(reason)));
    }
    Map<ProcessId, Outcome> retirements =
        plan.dryRun() ? Map.of() : retireAll(snapshot, verdicts, outcomes.keySet());
    outcomes.putAll(retirements);
    List<WorkerReport> reports =
        verdicts.stream()
            .map(verdict -> new WorkerReport(verdict, outcome(verdict, outcomes)))
            .toList();
    return new SweepReport(
        snapshot.manager(),
        plan,
        reports,
        managerLost(retirements.values()),
        cancelled.getAsBoolean() && retirements.values().stream().anyMatch(Sweep::cutShort));
  }

  private Map<ProcessId, Outcome> retireAll(
      Snapshot snapshot, List<Verdict> verdicts, Set<ProcessId> others) {
    Succession succession = new Succession(pool, snapshot.ids());
    Retirement retirement =
        new Retirement(
            processes, deliverer, observer, watch, succession, time, progress, cancelled);
    Victims victims =
        new Victims(
            verdicts.stream().filter(verdict -> !others.contains(verdict.member().id())).toList(),
            observer);
    Map<ProcessId, Outcome> outcomes = new HashMap<>();
    while (!victims.isEmpty()) {
      Optional<Long> lastSignal = retirement.lastSignalNanos();
      if (lastSignal.isPresent()) {
        pauseSince(lastSignal.get());
      }
      if (cancelled.getAsBoolean()) {
        victims.rest().forEach(id -> outcomes.put(id, Retirement.interrupted()));
        break;
      }
      if (lastSignal.isPresent()) {
        succession.settle();
      }
      // Chosen after the pause, since who is idle changes by the moment.
      ProcessId victim = victims.next();
      Outcome outcome = retirement.retire(victim, plan.manner());
      outcomes.put(victim, outcome);
      managerLost(List.of(outcome))
          .ifPresent(reason -> {
            // Nobody knows what a worker without its manager would do on a signal.
            Outcome left = new Outcome.NotSignalled(Outcome.Why.MANAGER_LOST, reason);
            victims.rest().forEach(id -> outcomes.put(id, left));
          });
    }
    return outcomes;
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

  private static Outcome outcome(Verdict verdict, Map<ProcessId, Outcome> retirements) {
    return switch (verdict) {
      case Verdict.Keep _ -> new Outcome.Kept();
      case Verdict.Gone _ -> new Outcome.Vanished();
      case Verdict.Unknown(_, String reason) -> new Outcome.Unreadable(reason);
      case Verdict.Retire(var member, _) ->
          retirements.getOrDefault(member.id(), new Outcome.WouldRetire());
    };
  }

  private static Optional<String> managerLost(Collection<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.ManagerLost lost) {
        return Optional.of(lost.reason());
      }
      if (outcome instanceof Outcome.NotSignalled(Outcome.Why why, String detail)
          && why == Outcome.Why.MANAGER_LOST) {
        return Optional.of(detail);
      }
    }
    return Optional.empty();
  }

  /** Whether this outcome may be what it is because the sweep was asked to stop. */
  private static boolean cutShort(Outcome outcome) {
    return switch (outcome) {
      case Outcome.NotSignalled(Outcome.Why why, _) -> why == Outcome.Why.INTERRUPTED;
      case Outcome.StillThere _, Outcome.NotReplaced _ -> true;
      case Outcome.Kept _,
          Outcome.WouldRetire _,
          Outcome.Vanished _,
          Outcome.Unreadable _,
          Outcome.NotAWorker _,
          Outcome.Retired _,
          Outcome.ManagerLost _ ->
          false;
    };
  }
}
