package io.kidreaper.linux;

import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Watches a pool's memory within a share of one CPU. Every reading costs what it costs; the next
 * one comes later if that was too much. For one thread, which should do nothing else, since it is
 * that thread's CPU time that is counted.
 */
public final class Sampler implements AutoCloseable {
  private final MemberSource source;
  private final ProcFs proc;
  private final MachineNow machine;
  private final SystemFacts facts;
  private final Function<ProcessId, Duty> duties;
  private final LongSupplier cpuNanos;
  private final boolean ownBudget;
  private final FirstLooks firstLooks;
  private SamplingPlan plan;
  private GrowthWatch watch;
  private CpuBudget budget;
  private OptionalLong lastWholeMillis = OptionalLong.empty();

  /**
   * @param source closed with the sampler
   * @param duties what else is known of a worker; asked at every reading, must not block
   * @param cpuNanos the thread's CPU time, usually {@link CpuClock#ofThread}
   * @param nowMillis of the clock that {@link #take} is called with
   */
  public Sampler(
      MemberSource source,
      ProcFs proc,
      SystemFacts facts,
      SamplingPlan plan,
      Function<ProcessId, Duty> duties,
      LongSupplier cpuNanos,
      long nowMillis) {
    this(
        source,
        proc,
        new MachineNow(proc, 0),
        facts,
        plan,
        duties,
        cpuNanos,
        CpuBudget.of(plan, nowMillis),
        true);
  }

  private Sampler(
      MemberSource source,
      ProcFs proc,
      MachineNow machine,
      SystemFacts facts,
      SamplingPlan plan,
      Function<ProcessId, Duty> duties,
      LongSupplier cpuNanos,
      CpuBudget budget,
      boolean ownBudget) {
    this.source = source;
    this.proc = proc;
    this.machine = machine;
    this.facts = facts;
    this.duties = duties;
    this.cpuNanos = cpuNanos;
    this.plan = plan;
    this.watch = new GrowthWatch(proc, machine, facts, plan);
    this.budget = budget;
    this.ownBudget = ownBudget;
    this.firstLooks = new FirstLooks(proc);
  }

  /**
   * One of several samplers on one thread that keep within one budget together, whatever their
   * plans say of a share.
   *
   * @param machine what they share of what is read of the machine
   */
  public static Sampler sharing(
      CpuBudget budget,
      MachineNow machine,
      MemberSource source,
      ProcFs proc,
      SystemFacts facts,
      SamplingPlan plan,
      Function<ProcessId, Duty> duties,
      LongSupplier cpuNanos) {
    return new Sampler(source, proc, machine, facts, plan, duties, cpuNanos, budget, false);
  }

  /** Goes on with another plan, as after a change of the limit; a budget of its own begins anew. */
  public void follow(SamplingPlan other, long nowMillis) {
    plan = other;
    watch = new GrowthWatch(proc, machine, facts, other);
    if (ownBudget) {
      budget = CpuBudget.of(other, nowMillis);
    }
  }

  /**
   * Reads the pool once.
   *
   * @param nowMillis of a clock that never goes back
   */
  public Taken take(long nowMillis) {
    long cpuBefore = cpuNanos.getAsLong();
    boolean whole = wholeIsDue(nowMillis);
    watch.begin(nowMillis, whole);
    PoolReading reading =
        switch (source.read(watch)) {
          case PoolReading.Read(Snapshot snapshot) -> {
            watch.end(snapshot.members());
            firstLooks.follow(snapshot.members());
            yield new PoolReading.Read(complete(snapshot, whole));
          }
          case PoolReading.ManagerGone gone -> gone;
          case PoolReading.Unreadable unreadable -> unreadable;
        };
    long cost = cpuNanos.getAsLong() - cpuBefore;
    budget.spend(whole, cost, nowMillis);
    cost += firstLook(nowMillis);
    OptionalLong sinceWhole =
        whole && lastWholeMillis.isPresent()
            ? OptionalLong.of(nowMillis - lastWholeMillis.getAsLong())
            : OptionalLong.empty();
    if (whole) {
      lastWholeMillis = OptionalLong.of(nowMillis);
    }
    long nextMillis = Math.max(plan.everyMillis(), budget.waitMillis(nowMillis));
    return new Taken(reading, whole, cost, nextMillis, nextMillis > plan.everyMillis(), sinceWhole);
  }

  /** At one worker a turn, out of what is for readings in detail. */
  private long firstLook(long nowMillis) {
    if (!firstLooks.isDue() || !budget.allowsWhole(nowMillis)) {
      return 0;
    }
    long before = cpuNanos.getAsLong();
    firstLooks.lookAtOne();
    long cost = cpuNanos.getAsLong() - before;
    budget.spend(true, cost, nowMillis);
    return cost;
  }

  /** What each worker's memory was when it was first looked at. */
  public FirstLooks firstLooks() {
    return firstLooks;
  }

  private boolean wholeIsDue(long nowMillis) {
    return plan.wholeEveryMillis().isPresent()
        && budget.allowsWhole(nowMillis)
        && (lastWholeMillis.isEmpty()
            || nowMillis - lastWholeMillis.getAsLong() >= plan.wholeEveryMillis().getAsLong());
  }

  private Snapshot complete(Snapshot snapshot, boolean whole) {
    List<Member> members = new ArrayList<>(snapshot.members().size());
    for (Member member : snapshot.members()) {
      members.add(complete(member, whole));
    }
    return new Snapshot(snapshot.manager(), members);
  }

  private Member complete(Member member, boolean whole) {
    Duty duty = duties.apply(member.id());
    // A number of another process that got the pid would only look like a stir.
    if (whole && plan.stirs() && duty.stirs().isEmpty() && duty.requests().isEmpty()) {
      duty = duty.withStirs(Switches.of(proc, member.id().pid()));
    }
    return new Member(member.id(), member.memory(), watch.ageMillis(member.id()), duty);
  }

  @Override
  public void close() {
    source.close();
  }
}
