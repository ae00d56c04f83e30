package io.kidreaper.watch;

import io.kidreaper.linux.CpuBudget;
import io.kidreaper.linux.CpuClock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all pools from one thread, each when it is due, all within one CPU budget. A pool that
 * makes trouble costs the others nothing but that turn. What others want of a pool they hand in, so
 * that a pool is one thread's.
 */
final class WatchLoop implements AutoCloseable {
  private static final long ANSWER_SECONDS = 10;
  private static final long FAULT_PAUSE_MILLIS = 5_000;
  private static final long LONGEST_WAIT_MILLIS = 1_000;
  private static final long WARM_UP_MILLIS = 10_000;
  private static final long OTHERS_EVERY_MILLIS = 1_000;
  private static final long STUCK_MILLIS = 30_000;

  /** Pools of one watch start spread over their tick, so that they do not all come due at once. */
  private static final long SPREAD_MILLIS = 2;

  /** When a pool is to be looked at. */
  private static final class Due {
    /** Who is due within this part of its wait is looked at with those that are due. */
    private static final int EARLY_PART = 50;

    final AttachedPool pool;
    long atMillis;
    private long earlyMillis;

    Due(AttachedPool pool, long nowMillis, long waitMillis) {
      this.pool = pool;
      in(nowMillis, waitMillis);
    }

    final void in(long nowMillis, long waitMillis) {
      atMillis = nowMillis + waitMillis;
      earlyMillis = waitMillis / EARLY_PART;
    }

    /** Then, if not before, and not earlier than then. */
    void soon(long thenMillis) {
      if (thenMillis < atMillis) {
        atMillis = thenMillis;
        earlyMillis = 0;
      }
    }

    boolean isCome(long nowMillis) {
      return atMillis - earlyMillis <= nowMillis;
    }
  }

  private final Bulletin bulletin;
  private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
  private final Map<String, AttachedPool> pools = new LinkedHashMap<>();
  private final Map<String, Due> due = new LinkedHashMap<>();
  private final Map<String, String> faults = new HashMap<>();
  private final Thread thread;
  private final CpuClock cpu = CpuClock.ofThread();
  private final CpuClock processCpu = CpuClock.ofProcess();

  /** CPU time that the process's other threads had used when it was last charged. */
  private long othersNanos;

  private long othersMillis;
  private @Nullable CpuBudget budget;
  private BooleanSupplier retiring = () -> false;
  private volatile List<PoolView> views = List.of();

  /** CPU time of this round that its turns have charged. */
  private long charged;

  /** Whether of some pool it is not yet known who its workers are. */
  private boolean newcomers;

  private final long startedMillis = nowMillis();
  private volatile boolean over;
  private volatile long lastTurnMillis = nowMillis();
  private volatile boolean closing;

  WatchLoop(Bulletin bulletin) {
    this.bulletin = bulletin;
    this.thread = Thread.ofPlatform().name("kidreaper-watch").daemon().unstarted(this::run);
  }

  /** Not the wall clock, which people and time servers set back. */
  static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /**
   * @param theBudget which the turns are charged to, beyond what their samplers charge themselves
   * @param isRetiring whether anybody was being retired since it was asked last
   */
  void start(CpuBudget theBudget, BooleanSupplier isRetiring) {
    budget = theBudget;
    retiring = isRetiring;
    thread.start();
  }

  /** Has something done on the watching thread, before the next look. Comes back at once. */
  void post(Runnable action) {
    inbox.add(action);
  }

  /** Has something done on the watching thread and waits for its answer; empty if that is late. */
  <T> Optional<T> ask(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    post(() -> {
      try {
        answer.complete(question.get());
      } catch (RuntimeException e) {
        answer.completeExceptionally(e);
      }
      publish();
    });
    try {
      return Optional.of(answer.get(ANSWER_SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The pools by their names; for the watching thread. */
  Map<String, AttachedPool> pools() {
    return pools;
  }

  /** Takes a pool in; for the watching thread. */
  void add(AttachedPool pool) {
    pools.put(pool.settings().name(), pool);
    due.put(pool.settings().name(), new Due(pool, nowMillis(), SPREAD_MILLIS * pools.size()));
    newcomers = true;
  }

  /** Lets a pool go; for the watching thread. */
  void remove(String name) {
    AttachedPool pool = pools.remove(name);
    due.remove(name);
    faults.remove(name);
    if (pool != null) {
      pool.close();
    }
  }

  /** All pools are looked at now, as when memory is short. */
  void hurry() {
    post(() -> due.values().forEach(when -> when.soon(nowMillis())));
  }

  /** One pool is looked at now; for the watching thread. */
  void hurry(String name) {
    soon(name, nowMillis());
  }

  /** One pool is looked at then, if not before; for the watching thread. */
  void soon(String name, long atMillis) {
    Due when = due.get(name);
    if (when != null) {
      when.soon(atMillis);
    }
  }

  /** All pools as they were last. Safe from any thread. */
  List<PoolView> views() {
    return views;
  }

  /** Whether there are pools and none of them can come back. */
  boolean isOver() {
    return over;
  }

  /** Whether the watching thread gets through its turns. */
  boolean isAlive() {
    return thread.isAlive() && nowMillis() - lastTurnMillis < STUCK_MILLIS;
  }

  @Override
  public void close() {
    closing = true;
    post(() -> {});
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closing) {
        long before = cpu.getAsLong();
        charged = 0;
        long wait = turnsThatAreDue();
        spend(false, cpu.getAsLong() - before - charged);
        spendOfOthers();
        Runnable first = inbox.poll(wait, TimeUnit.MILLISECONDS);
        while (first != null) {
          first.run();
          first = inbox.poll();
          if (first == null) {
            publish();
          }
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but a JVM that is going down.
      Thread.currentThread().interrupt();
    } finally {
      pools.values().forEach(AttachedPool::close);
    }
  }

  /** How long until the next one is, at most. */
  private long turnsThatAreDue() {
    long next = nowMillis() + LONGEST_WAIT_MILLIS;
    boolean turned = false;
    lastTurnMillis = nowMillis();
    for (Due when : due.values()) {
      long nowMillis = nowMillis();
      if (when.isCome(nowMillis)) {
        when.in(nowMillis, turn(when.pool, when.pool.settings().name(), nowMillis));
        turned = true;
      }
      next = Math.min(next, when.atMillis);
      if (!inbox.isEmpty()) {
        break;
      }
    }
    if (!turned) {
      return Math.max(0, next - nowMillis());
    }
    newcomers = newcomers && pools.values().stream().anyMatch(pool -> !pool.isKnown());
    over = !pools.isEmpty() && pools.values().stream().allMatch(AttachedPool::isOver);
    publish();
    lastTurnMillis = nowMillis();
    return Math.max(0, next - nowMillis());
  }

  /** A fault of ours costs its pool some time, and the others nothing. */
  private long turn(AttachedPool pool, String name, long nowMillis) {
    long before = cpu.getAsLong();
    long measuredBefore = pool.readingNanos();
    try {
      long next = pool.turn(nowMillis);
      faults.remove(name);
      return Math.max(1, next);
    } catch (RuntimeException e) {
      String words = "kidreaper's own fault while it looked at this pool: " + e;
      if (!words.equals(faults.put(name, words))) {
        bulletin.tell(Optional.of(name), "fault", words, java.util.OptionalInt.empty());
      }
      return FAULT_PAUSE_MILLIS;
    } finally {
      long all = cpu.getAsLong() - before;
      charged += all;
      spend(pool.lastWasWhole(), all - (pool.readingNanos() - measuredBefore));
    }
  }

  /** Charges what no sampler charges itself. */
  private void spend(boolean whole, long nanos) {
    CpuBudget account = budget;
    if (account == null) {
      return;
    }
    long nowMillis = nowMillis();
    if (isStarting(nowMillis)) {
      account.pardon(nowMillis);
    } else {
      account.spend(whole, Math.max(0, nanos), nowMillis);
    }
  }

  private void spendOfOthers() {
    CpuBudget account = budget;
    long nowMillis = nowMillis();
    if (account == null || nowMillis - othersMillis < OTHERS_EVERY_MILLIS) {
      return;
    }
    othersMillis = nowMillis;
    long nanos = processCpu.getAsLong() - cpu.getAsLong();
    // Retirements are what is asked of it: while they go on one must not look away because of them.
    boolean busy = retiring.getAsBoolean();
    if (!isStarting(nowMillis)) {
      account.spendBeside(busy ? 0 : nanos - othersNanos, nowMillis);
    }
    othersNanos = nanos;
  }

  /** At first it is the JVM's start that costs, and that many pools are found at once. */
  private boolean isStarting(long nowMillis) {
    return newcomers || nowMillis - startedMillis < WARM_UP_MILLIS;
  }

  private void publish() {
    views = pools.values().stream().map(AttachedPool::view).toList();
  }
}
