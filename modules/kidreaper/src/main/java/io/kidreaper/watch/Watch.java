package io.kidreaper.watch;

import io.kidreaper.linux.CpuBudget;
import io.kidreaper.linux.FirstLooks;
import io.kidreaper.memory.ByteSize;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Watches pools that others manage, until it is closed. Safe from any thread. */
public final class Watch implements AutoCloseable {
  private final Bulletin bulletin;
  private final WatchLoop loop;
  private final RetireDesk desk;
  private final AttachedPool.Shared shared;
  private final Set<String> rightsTold = ConcurrentHashMap.newKeySet();

  /**
   * @param cpuShare of one CPU that measuring keeps within, above 0 and at most 1
   * @param looksAtAll whether what every worker is at is to be known, for those who count it
   */
  public Watch(double cpuShare, boolean looksAtAll, Bulletin bulletin) {
    this.bulletin = bulletin;
    this.loop = new WatchLoop(bulletin);
    this.desk =
        new RetireDesk(sentence -> {
          if (rightsTold.add(sentence)) {
            bulletin.tell("rights", sentence);
          }
        });
    CpuBudget budget = CpuBudget.divided(cpuShare, WatchLoop.nowMillis());
    this.shared =
        new AttachedPool.Shared(
            Kernel.open(), budget, desk, bulletin, loop::post, loop::soon, looksAtAll);
    loop.start(budget, desk::wasBusy);
  }

  /**
   * From now on these pools are watched, as they say. One that was watched before at the same place
   * goes on; who of one that is let go has its signal may leave.
   */
  public void follow(List<AttachedSettings> pools) {
    boolean _ =
        loop.ask(
                () -> {
                  followNow(pools);
                  return true;
                })
            .isPresent();
  }

  private void followNow(List<AttachedSettings> pools) {
    Map<String, AttachedSettings> wanted = new LinkedHashMap<>();
    pools.forEach(pool -> wanted.put(pool.name(), pool));
    for (String name : new HashSet<>(loop.pools().keySet())) {
      AttachedSettings now = wanted.get(name);
      AttachedPool pool = loop.pools().get(name);
      if (now == null || pool == null || !pool.settings().where().equals(now.where())) {
        loop.remove(name);
      }
    }
    for (AttachedSettings now : wanted.values()) {
      AttachedPool pool = loop.pools().get(now.name());
      if (pool == null) {
        loop.add(new AttachedPool(shared, now, WatchLoop.nowMillis()));
      } else if (!pool.settings().equals(now)) {
        pool.follow(now);
        loop.hurry(now.name());
      }
    }
  }

  /** All pools as they were last. */
  public List<PoolView> views() {
    return loop.views();
  }

  /** What came of something that a person wanted. */
  public sealed interface Did {
    /**
     * @param text what was done, as a clause
     */
    record Done(String text) implements Did {}

    record Refused(String reason) implements Did {}
  }

  /** A pool is measured and not acted on, or all are. */
  public Did pause(Optional<String> name) {
    return each(name, AttachedPool::pause, "paused", "paused already");
  }

  /** A pool is acted on again, frozen or paused as it was, or all are. */
  public Did resume(Optional<String> name) {
    return each(name, AttachedPool::resume, "resumed", "acted on already");
  }

  /**
   * What one worker may cost from now on, until the settings change.
   *
   * @throws IllegalArgumentException if it does not go with the pool's other limits
   */
  public Did limit(Optional<String> name, ByteSize size) {
    return each(
        name,
        pool -> {
          pool.limit(size.bytes());
          return true;
        },
        "from now on a worker may cost " + size + " in",
        "");
  }

  /**
   * A worker's memory when it was first looked at.
   *
   * @param pool whose worker it is
   */
  public record FirstLook(String pool, FirstLooks.First first) {}

  /** What a worker's memory was when it was first looked at; empty if nobody did. */
  public Optional<FirstLook> firstLook(int pid) {
    return loop.ask(() ->
            loop.pools().values().stream()
                .flatMap(pool ->
                    pool
                        .firstLook(pid)
                        .map(first -> new FirstLook(pool.settings().name(), first))
                        .stream())
                .findFirst())
        .flatMap(Function.identity());
  }

  /** One worker is replaced, whatever it costs. */
  public Did retire(int pid) {
    return loop.<Did>ask(
            () -> {
              Did last =
                  new Did.Refused("process " + pid + " is no worker of a pool that is watched");
              for (AttachedPool pool : loop.pools().values()) {
                if (pool.view().workers().stream().anyMatch(worker -> worker.id().pid() == pid)) {
                  last =
                      pool.retireByHand(pid)
                          .<Did>map(Did.Refused::new)
                          .orElse(new Did.Done("worker " + pid + " is asked to leave"));
                }
              }
              return last;
            })
        .orElse(busy());
  }

  private Did each(
      Optional<String> name, Function<AttachedPool, Boolean> change, String done, String already) {
    return loop.<Did>ask(
            () -> {
              if (name.isPresent() && !loop.pools().containsKey(name.get())) {
                return new Did.Refused(
                    "no pool '"
                        + name.get()
                        + "' is watched; there are: "
                        + String.join(", ", loop.pools().keySet()));
              }
              List<AttachedPool> pools =
                  loop.pools().values().stream()
                      .filter(pool -> name.isEmpty() || name.get().equals(pool.settings().name()))
                      .toList();
              List<String> changed =
                  pools.stream().filter(change::apply).map(pool -> pool.settings().name()).toList();
              changed.forEach(loop::hurry);
              return changed.isEmpty()
                  ? new Did.Refused(already)
                  : new Did.Done(done + " " + String.join(", ", changed));
            })
        .orElse(busy());
  }

  private static Did busy() {
    return new Did.Refused("the watching thread did not answer in time");
  }

  /** All pools are looked at now. */
  public void hurry() {
    loop.hurry();
  }

  /** One pool is looked at now. */
  void hurry(String name) {
    loop.post(() -> loop.hurry(name));
  }

  /** Of the clock that {@link PoolView#stateSinceMillis} is of. */
  public long nowMillis() {
    return WatchLoop.nowMillis();
  }

  /** Whether no pool can come back. */
  public boolean isOver() {
    return loop.isOver();
  }

  /** Whether the watching thread gets through its turns. */
  public boolean isAlive() {
    return loop.isAlive();
  }

  /** Lets go of all pools; their workers serve on, and who has its signal may leave. */
  @Override
  public void close() {
    desk.close();
    loop.close();
    bulletin.history().end();
  }
}
