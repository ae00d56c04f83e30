package io.kidreaper.run;

import io.kidreaper.linux.FirstLooks;
import io.kidreaper.linux.Sampler;
import io.kidreaper.linux.SamplingPlan;
import io.kidreaper.linux.Taken;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.PolicyState;
import io.kidreaper.policy.Reason;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.watch.Measured;
import io.kidreaper.watch.PoolTurn;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps the loop of a managed pool going, on one thread. What was measured is published, and nobody
 * else asks the kernel.
 */
final class PoolWatch implements AutoCloseable, PoolTurn.Actor {
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
  private final OverlapRoom overlap;
  private final PoolTelling telling;
  private final PoolTurn.Pace pace;
  private final Thread thread;
  private volatile PolicySettings settings;
  private volatile Optional<PoolTurn> loop = Optional.empty();
  private volatile boolean closing;

  /**
   * @param samplers called once, on the watching thread, whose CPU time is counted
   * @param processes the workers that run, by serial
   * @param every between two readings
   */
  PoolWatch(
      PolicySettings settings,
      Function<SamplingPlan, Sampler> samplers,
      Supplier<Map<Long, ProcessId>> processes,
      Consumer<PoolEvent> events,
      HardLimits hardLimits,
      OverlapRoom overlap,
      PoolTelling telling,
      Duration every) {
    this.settings = settings;
    this.samplers = samplers;
    this.processes = processes;
    this.events = events;
    this.hardLimits = hardLimits;
    this.overlap = overlap;
    this.telling = telling;
    this.pace = new PoolTurn.Pace(every.toMillis(), WHOLE_EVERY_MILLIS, CPU_SHARE);
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
    return loop.map(PoolTurn::measured).orElse(Measured.NOTHING);
  }

  /** What a worker's memory was when it was first looked at. */
  Optional<FirstLooks.First> firstLook(int pid) {
    return loop.flatMap(turn -> turn.firstLook(pid));
  }

  /** How many workers were decided on, by the word of the reason. */
  SortedMap<String, Long> decided() {
    return loop.map(PoolTurn::decided).orElseGet(TreeMap::new);
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
    PolicySettings limits = settings;
    try (PoolTurn turn =
        new PoolTurn(
            samplers.apply(pace.plan(limits)),
            (snapshot, _) -> snapshot,
            this,
            telling::tell,
            pace,
            limits,
            PolicyState.of(ThreadLocalRandom.current().nextLong()))) {
      loop = Optional.of(turn);
      while (!closing) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(turn(turn)));
      }
    }
  }

  /** One turn of the loop; how long until the next. A fault costs one turn, not the watch. */
  private long turn(PoolTurn turn) {
    long nowMillis = nowMillis();
    Taken taken;
    try {
      taken = turn.take(settings, nowMillis);
      overlap.afterTurn(nowMillis);
    } catch (RuntimeException e) {
      telling.tell("fault", "kidreaper's own fault while it measured: " + e);
      return pace.everyMillis();
    }
    hardLimits.check(processes.get(), nowMillis);
    turn.tellPace(taken, nowMillis);
    return taken.nextMillis();
  }

  @Override
  public boolean retire(ProcessId worker, Reason reason) {
    Optional<Long> serial = serial(worker);
    if (serial.isPresent()) {
      overlap.beforeRetirement();
      events.accept(new PoolEvent.Condemn(serial.get(), reason.text()));
    }
    return serial.isPresent();
  }

  @Override
  public boolean hardLimit(ProcessId worker, Reason.OverHardLimit reason, long nowMillis) {
    Optional<Long> serial = serial(worker);
    serial.ifPresent(it -> hardLimits.reached(it, worker, reason.text(), nowMillis));
    return serial.isPresent();
  }

  private Optional<Long> serial(ProcessId worker) {
    for (Map.Entry<Long, ProcessId> entry : processes.get().entrySet()) {
      if (entry.getValue().equals(worker)) {
        return Optional.of(entry.getKey());
      }
    }
    return Optional.empty();
  }

  /** Not the wall clock, which people and time servers set back. */
  private static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
