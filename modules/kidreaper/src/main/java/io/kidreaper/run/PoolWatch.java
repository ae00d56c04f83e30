package io.kidreaper.run;

import io.kidreaper.linux.Sampler;
import io.kidreaper.linux.SamplingPlan;
import io.kidreaper.linux.Taken;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.memory.Limit;
import io.kidreaper.policy.Decision;
import io.kidreaper.policy.PolicyNote;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.PolicyState;
import io.kidreaper.policy.PoolPolicy;
import io.kidreaper.policy.Reason;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.Time;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The loop of a managed pool: measure, decide, have it done; on one thread. What was measured is
 * published, and nobody else asks the kernel.
 */
final class PoolWatch implements AutoCloseable {
  private static final long WHOLE_EVERY_MILLIS = 10_000;

  /**
   * At rest a reading costs next to nothing. While workers are near their limit each has to be read
   * at each turn, or they grow on unseen: a leak at full load may be 100 MB a second.
   */
  private static final double CPU_SHARE = 0.1;

  private final Function<SamplingPlan, Sampler> samplers;
  private final Supplier<Map<Long, ProcessId>> processes;
  private final Consumer<PoolEvent> events;
  private final HardLimits hardLimits;
  private final Runnable eachTurn;
  private final PoolTelling telling;
  private final Duration every;
  private final Thread thread;
  private volatile PolicySettings settings;
  private volatile Measured measured = Measured.NOTHING;
  private volatile SortedMap<String, Long> decided = new TreeMap<>();
  private volatile boolean closing;
  private PolicyState state = PolicyState.of(ThreadLocalRandom.current().nextLong());
  private boolean stretched;

  /**
   * @param samplers called once, on the watching thread, whose CPU time is counted
   * @param processes the workers that run, by serial
   * @param eachTurn what else is to be looked at, after each reading
   * @param every between two readings
   */
  PoolWatch(
      PolicySettings settings,
      Function<SamplingPlan, Sampler> samplers,
      Supplier<Map<Long, ProcessId>> processes,
      Consumer<PoolEvent> events,
      HardLimits hardLimits,
      Runnable eachTurn,
      PoolTelling telling,
      Duration every) {
    this.settings = settings;
    this.samplers = samplers;
    this.processes = processes;
    this.events = events;
    this.hardLimits = hardLimits;
    this.eachTurn = eachTurn;
    this.telling = telling;
    this.every = every;
    this.thread = Thread.ofPlatform().name("kidreaper-watch").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  PolicySettings settings() {
    return settings;
  }

  /** From now on these limits hold. */
  void follow(PolicySettings other) {
    settings = other;
    LockSupport.unpark(thread);
  }

  Measured measured() {
    return measured;
  }

  /** How many workers were decided on, by the word of the reason. */
  SortedMap<String, Long> decided() {
    return decided;
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    PolicySettings followed = settings;
    try (Sampler sampler = samplers.apply(plan(followed))) {
      while (!closing) {
        PolicySettings now = settings;
        if (!now.equals(followed)) {
          followed = now;
          sampler.follow(plan(now), nowMillis());
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(turn(sampler, followed)));
      }
    }
  }

  /** One turn of the loop; how long until the next. A fault costs one turn, not the watch. */
  private long turn(Sampler sampler, PolicySettings followed) {
    long nowMillis = nowMillis();
    Taken taken;
    try {
      taken = sampler.take(nowMillis);
      if (taken.reading() instanceof PoolReading.Read(Snapshot snapshot)) {
        measured = measured.with(snapshot);
        judge(new PoolPolicy(followed), snapshot, nowMillis);
      }
      eachTurn.run();
    } catch (RuntimeException e) {
      telling.tell("fault", "kidreaper's own fault while it measured: " + e);
      return every.toMillis();
    }
    hardLimits.check(processes.get(), nowMillis);
    tellPace(taken);
    return taken.nextMillis();
  }

  private void judge(PoolPolicy policy, Snapshot snapshot, long nowMillis) {
    PoolPolicy.Step step = policy.step(state, snapshot, nowMillis);
    state = step.state();
    for (PolicyNote note : step.notes()) {
      telling.tell(note.topic().split(" ", 2)[0], note.text());
    }
    for (Decision decision : step.decisions()) {
      serial(decision.worker())
          .ifPresent(serial -> {
            count(decision.reason());
            switch (decision) {
              case Decision.Retire(ProcessId _, Reason reason) ->
                  events.accept(new PoolEvent.Condemn(serial, reason.text()));
              case Decision.HardLimit(ProcessId worker, Reason.OverHardLimit reason) ->
                  hardLimits.reached(serial, worker, reason.text(), nowMillis);
            }
          });
    }
  }

  private void count(Reason reason) {
    SortedMap<String, Long> next = new TreeMap<>(decided);
    next.merge(reason.word(), 1L, Long::sum);
    decided = next;
  }

  private Optional<Long> serial(ProcessId worker) {
    for (Map.Entry<Long, ProcessId> entry : processes.get().entrySet()) {
      if (entry.getValue().equals(worker)) {
        return Optional.of(entry.getKey());
      }
    }
    return Optional.empty();
  }

  private void tellPace(Taken taken) {
    if (taken.stretched() != stretched) {
      stretched = taken.stretched();
      telling.tell(
          "pace",
          stretched
              ? "measuring costs too much at every %s: next in %s"
                  .formatted(Time.words(every.toMillis()), Time.words(taken.nextMillis()))
              : "measuring at every " + Time.words(every.toMillis()) + " again");
    }
  }

  /**
   * What has to be read, so that all that is set can be judged; and everybody in detail now and
   * then, for people who ask.
   */
  private SamplingPlan plan(PolicySettings of) {
    long wholeEveryMillis =
        of.budgetBytes().isPresent()
            ? every.toMillis()
            : Math.max(every.toMillis(), WHOLE_EVERY_MILLIS);
    return new SamplingPlan(
        every.toMillis(),
        OptionalLong.of(wholeEveryMillis),
        least(of),
        of.idleRetireMillis().isPresent(),
        CPU_SHARE);
  }

  private static Optional<Limit> least(PolicySettings of) {
    return of.limit().or(of::hardLimit);
  }

  /** Not the wall clock, which people and time servers set back. */
  private static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
