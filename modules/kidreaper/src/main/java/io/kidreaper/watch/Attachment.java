package io.kidreaper.watch;

import io.kidreaper.linux.CpuBudget;
import io.kidreaper.linux.PidfdManagerWatch;
import io.kidreaper.linux.ProcPool;
import io.kidreaper.linux.Sampler;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.PolicyState;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Observer;
import io.kidreaper.retire.Succession;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What is open of a pool while its manager is there. All but {@link #succession} is one thread's.
 */
final class Attachment implements AutoCloseable {
  private final ProcessId manager;
  private final Supplier<OptionalInt> namedNow;
  private final PidfdManagerWatch watch;
  private final PoolMembers members;
  private final PoolTurn turn;
  private final GuardedReader heirs;
  private final Succession succession;

  /**
   * @param namedNow the pid that is named as the manager's, in the terms of {@code manager}
   */
  Attachment(
      Kernel kernel,
      CpuBudget budget,
      Observer observer,
      ProcessId manager,
      Supplier<OptionalInt> namedNow,
      AttachedSettings settings,
      Supplier<PolicySettings> limits,
      BooleanSupplier mayDecide,
      boolean looksAtAll,
      PolicyState state,
      PoolTurn.Actor actor,
      PoolTurn.Listener listener) {
    this.manager = manager;
    this.namedNow = namedNow;
    this.watch = new PidfdManagerWatch(kernel.processes(), manager, namedNow);
    this.members =
        new PoolMembers(
            kernel,
            observer,
            settings.members().map(Pattern::compile),
            new RequestCounters(),
            limits,
            mayDecide,
            looksAtAll);
    PoolTurn.Pace pace = pace(settings);
    PolicySettings now = limits.get();
    Sampler sampler =
        Sampler.sharing(
            budget,
            kernel.machine(),
            new ProcPool(kernel.proc(), kernel.libc(), kernel.facts(), manager),
            kernel.proc(),
            kernel.facts(),
            pace.plan(now),
            _ -> Duty.UNKNOWN,
            kernel.cpu());
    this.turn = new PoolTurn(sampler, members, actor, listener, pace, now, state);
    Kernel theirs = kernel.another();
    this.heirs =
        new GuardedReader(new ProcPool(theirs.proc(), theirs.libc(), theirs.facts(), manager));
    this.succession = new Succession(heirs, Set.of());
  }

  private static PoolTurn.Pace pace(AttachedSettings settings) {
    long everyMillis = settings.every().toMillis();
    return new PoolTurn.Pace(everyMillis, Math.max(everyMillis, WHOLE_EVERY_MILLIS), 1);
  }

  private static final long WHOLE_EVERY_MILLIS = 10_000;

  ProcessId manager() {
    return manager;
  }

  PidfdManagerWatch watch() {
    return watch;
  }

  PoolMembers members() {
    return members;
  }

  PoolTurn turn() {
    return turn;
  }

  /** Who comes in place of whom; for the retiring threads. */
  Succession succession() {
    return succession;
  }

  /** A watch of the same manager for another thread, which closes it. */
  PidfdManagerWatch anotherWatch(Kernel theirs) {
    return new PidfdManagerWatch(theirs.processes(), manager, namedNow);
  }

  /** Which pid is named as the manager's now. */
  Supplier<OptionalInt> namedNow() {
    return namedNow;
  }

  /** Who is there now; for the retiring threads. */
  PoolReading heirsNow() {
    return heirs.read(_ -> false);
  }

  @Override
  public void close() {
    turn.close();
    members.close();
    watch.close();
    heirs.close();
  }
}
