package io.kidreaper.run;

import io.kidreaper.manager.PoolState;
import io.kidreaper.manager.Seat;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Observer;
import io.kidreaper.watch.RequestCounters;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/** What a managed pool knows of its workers besides their memory. For the watching thread. */
final class Duties {
  private final LinuxWorkers workers;
  private final Supplier<PoolState> pool;
  private final RequestCounters requests;
  private final FirstMoments firstMoments;
  private final Observer observer;
  private final Supplier<PolicySettings> limits;
  private Set<ProcessId> starting = Set.of();
  private Set<ProcessId> templates = Set.of();

  Duties(
      LinuxWorkers workers,
      Supplier<PoolState> pool,
      RequestCounters requests,
      FirstMoments firstMoments,
      Observer observer,
      Supplier<PolicySettings> limits) {
    this.workers = workers;
    this.pool = pool;
    this.requests = requests;
    this.firstMoments = firstMoments;
    this.observer = observer;
    this.limits = limits;
  }

  /** Who is to be read now: every worker, and what workers are forked from. */
  Collection<ProcessId> members() {
    Map<Long, ProcessId> processes = workers.processes();
    Set<ProcessId> newborn = new HashSet<>();
    for (Seat seat : pool.get().seats()) {
      if (seat instanceof Seat.Starting(var worker, _, _)) {
        ProcessId process = processes.get(worker.serial());
        if (process != null) {
          newborn.add(process);
        }
      }
    }
    starting = newborn;
    firstMoments.keepOnly(processes.values());
    templates = Set.copyOf(workers.helpers());
    Set<ProcessId> all = new HashSet<>(processes.values());
    all.addAll(templates);
    return all;
  }

  Duty of(ProcessId worker) {
    if (templates.contains(worker)) {
      return new Duty(
          Occupation.TEMPLATE, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }
    return new Duty(
        occupation(worker),
        requests.atLeast(worker),
        OptionalLong.empty(),
        firstMoments.bootBytes(worker));
  }

  /** Looked at only where somebody is chosen by it, since a look costs more than a reading. */
  private Occupation occupation(ProcessId worker) {
    if (starting.contains(worker)) {
      return Occupation.STARTING;
    }
    PolicySettings now = limits.get();
    if (now.budgetBytes().isEmpty() && now.idleRetireMillis().isEmpty()) {
      return Occupation.UNKNOWN;
    }
    return switch (observer.look(worker)) {
      case Activity.Idle() -> Occupation.IDLE;
      case Activity.Serving(int _) -> Occupation.BUSY;
      case Activity.Between(), Activity.Suspended(_), Activity.Unclear(_), Activity.Gone() ->
          Occupation.UNKNOWN;
    };
  }
}
