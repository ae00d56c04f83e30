package io.kidreaper.watch;

import io.kidreaper.linux.FirstLooks;
import io.kidreaper.linux.Sampler;
import io.kidreaper.linux.SamplingPlan;
import io.kidreaper.linux.Taken;
import io.kidreaper.memory.Limit;
import io.kidreaper.policy.Decision;
import io.kidreaper.policy.PolicyNote;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.PolicyState;
import io.kidreaper.policy.PoolPolicy;
import io.kidreaper.policy.Reason;
import io.kidreaper.policy.Report;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.Time;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The loop that every pool is kept by, one turn at a time: measure, decide, have it done. Whose
 * pool it is shows only in where its members come from and in who acts. For one thread, save what
 * is published: {@link #measured}, {@link #decided}.
 */
public final class PoolTurn implements AutoCloseable {
  /** Has done what was decided. Must not block. */
  public interface Actor {
    /** False if the worker is not there any more. */
    boolean retire(ProcessId worker, Reason reason);

    /** As {@link #retire}, with the right to cut its request when its time is over. */
    boolean hardLimit(ProcessId worker, Reason.OverHardLimit reason, long nowMillis);
  }

  /** Hears what people should know. Must not block. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param kind a word for programs
     */
    void tell(String kind, String text);
  }

  /** Adds to a reading what only its pool knows. */
  @FunctionalInterface
  public interface Eye {
    Snapshot complete(Snapshot snapshot, boolean whole);

    /** Whether it would add to the same reading what it added to the last one. */
    default boolean isAtRest() {
      return true;
    }
  }

  /** Near the budget's edge one reading is late and the next is not, which nobody needs to hear. */
  private static final long CALM_MILLIS = 10_000;

  private final Sampler sampler;
  private final Eye eye;
  private final Actor actor;
  private final Listener listener;
  private final Pace pace;
  private PolicySettings followed;
  private PolicyState state;
  private Optional<Snapshot> lastRead = Optional.empty();
  private boolean heldBack;
  private boolean stretched;
  private long lastStretchedMillis;
  private volatile Measured measured = Measured.NOTHING;
  private volatile SortedMap<String, Long> decided = new TreeMap<>();

  /**
   * How often a pool is looked at.
   *
   * @param everyMillis between two readings
   * @param wholeEveryMillis at most between two of everybody in detail, for people who ask; not
   *     less than {@code everyMillis}
   * @param cpuShare of one CPU, where the budget is not shared
   */
  public record Pace(long everyMillis, long wholeEveryMillis, double cpuShare) {
    /** What has to be read, so that all that is set can be judged. */
    public SamplingPlan plan(PolicySettings limits) {
      long whole = limits.budgetBytes().isPresent() ? everyMillis : wholeEveryMillis;
      return new SamplingPlan(
          everyMillis,
          OptionalLong.of(Math.max(everyMillis, whole)),
          least(limits),
          limits.idleRetireMillis().isPresent(),
          cpuShare);
    }

    private static Optional<Limit> least(PolicySettings limits) {
      return limits.limit().or(limits::hardLimit);
    }
  }

  /**
   * @param sampler follows {@code pace.plan(limits)}; closed with this
   */
  public PoolTurn(
      Sampler sampler,
      Eye eye,
      Actor actor,
      Listener listener,
      Pace pace,
      PolicySettings limits,
      PolicyState state) {
    this.sampler = sampler;
    this.eye = eye;
    this.actor = actor;
    this.listener = listener;
    this.pace = pace;
    this.followed = limits;
    this.state = state;
  }

  /**
   * Takes a turn.
   *
   * @param limits that hold from now on
   * @param nowMillis of a clock that never goes back
   */
  public Taken take(PolicySettings limits, long nowMillis) {
    if (!limits.equals(followed)) {
      followed = limits;
      lastRead = Optional.empty();
      sampler.follow(pace.plan(limits), nowMillis);
    }
    Taken taken = sampler.take(nowMillis);
    if (taken.reading() instanceof PoolReading.Read(Snapshot read)
        && !isAtRest(read, taken.whole(), limits, nowMillis)) {
      lastRead = Optional.of(read);
      Snapshot snapshot = eye.complete(read, taken.whole());
      measured = measured.with(snapshot);
      PoolPolicy.Step step = new PoolPolicy(limits).step(state, snapshot, nowMillis);
      heldBack = step.heldBack();
      act(step, nowMillis);
    }
    return taken;
  }

  /** Most pools of many rest most of the time; what follows from the same reading is known. */
  private boolean isAtRest(Snapshot read, boolean whole, PolicySettings limits, long nowMillis) {
    return !whole
        && lastRead.isPresent()
        && eye.isAtRest()
        && isSame(lastRead.get().members(), read.members())
        && new PoolPolicy(limits).isAtRest(state, nowMillis);
  }

  /** Save for their ages. */
  private static boolean isSame(List<Member> before, List<Member> now) {
    if (before.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < now.size(); i++) {
      Member one = before.get(i);
      Member other = now.get(i);
      if (!one.id().equals(other.id())
          || !one.memory().equals(other.memory())
          || !one.duty().equals(other.duty())) {
        return false;
      }
    }
    return true;
  }

  /** Takes a report to the policy. */
  public void hear(Report report, long nowMillis) {
    lastRead = Optional.empty();
    act(new PoolPolicy(followed).hear(state, report, nowMillis), nowMillis);
  }

  private void act(PoolPolicy.Step step, long nowMillis) {
    state = step.state();
    for (PolicyNote note : step.notes()) {
      listener.tell(note.topic().split(" ", 2)[0], note.text());
    }
    for (Decision decision : step.decisions()) {
      boolean there =
          switch (decision) {
            case Decision.Retire(ProcessId worker, Reason reason) -> actor.retire(worker, reason);
            case Decision.HardLimit(ProcessId worker, Reason.OverHardLimit reason) ->
                actor.hardLimit(worker, reason, nowMillis);
          };
      if (there) {
        count(decision.reason());
      }
    }
  }

  private void count(Reason reason) {
    SortedMap<String, Long> next = new TreeMap<>(decided);
    next.merge(reason.word(), 1L, Long::sum);
    decided = next;
  }

  /**
   * When a turn before the next tick would decide somebody, now that one of those who were leaving
   * is replaced: the first when it may; empty if nobody waits for that.
   */
  public OptionalLong nextDecisionMillis(long nowMillis) {
    return heldBack
        ? OptionalLong.of(new PoolPolicy(followed).nextDecisionMillis(state, nowMillis))
        : OptionalLong.empty();
  }

  /** Says it when measuring has to be slower than it was asked to be, and when no longer. */
  public void tellPace(Taken taken, long nowMillis) {
    if (taken.stretched()) {
      lastStretchedMillis = nowMillis;
      if (!stretched) {
        stretched = true;
        listener.tell(
            "pace",
            "measuring costs too much at every %s: next in %s"
                .formatted(Time.words(pace.everyMillis()), Time.words(taken.nextMillis())));
      }
    } else if (stretched && nowMillis - lastStretchedMillis >= CALM_MILLIS) {
      stretched = false;
      listener.tell("pace", "measuring at every " + Time.words(pace.everyMillis()) + " again");
    }
  }

  /** What the policy remembers. */
  public PolicyState state() {
    return state;
  }

  /** What was measured last. Safe from any thread. */
  public Measured measured() {
    return measured;
  }

  /** How many workers were decided on, by the word of the reason. Safe from any thread. */
  public SortedMap<String, Long> decided() {
    return decided;
  }

  /** What each worker's memory was when it was first looked at. Safe from any thread. */
  public Optional<FirstLooks.First> firstLook(int pid) {
    return sampler.firstLooks().of(pid);
  }

  @Override
  public void close() {
    sampler.close();
  }
}
