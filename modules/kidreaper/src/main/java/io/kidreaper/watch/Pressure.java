package io.kidreaper.watch;

import io.kidreaper.linux.pressure.Danger;
import io.kidreaper.linux.pressure.MemoryRoom;
import io.kidreaper.linux.pressure.PressureTrigger;
import io.kidreaper.pool.ProcessId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Has all pools looked at before their next tick when memory gets short: at once where the kernel
 * says so (PSI), else by looking at the cgroup's counters and at what is left, once a second; and
 * one pool whose own cgroup has no room. Of those one is looked at each time, since a look is some
 * ten files.
 */
public final class Pressure implements AutoCloseable {
  private static final long STALL_MILLIS = 150;
  private static final int WAIT_MILLIS = 1_000;

  /** Where the kernel says so by itself, looking is for what it does not say. */
  private static final int SELDOM_MILLIS = 5_000;

  private final Watch watch;
  private final Bulletin bulletin;
  private final MemoryRoom room = MemoryRoom.ofSelf();
  private final Thread thread;
  private final Map<ProcessId, MemoryRoom> rooms = new HashMap<>();
  private final Set<String> tight = new HashSet<>();
  private int next;
  private boolean dangerTold;
  private volatile boolean closing;

  private Pressure(Watch watch, Bulletin bulletin) {
    this.watch = watch;
    this.bulletin = bulletin;
    this.thread = Thread.ofPlatform().name("kidreaper-pressure").daemon().start(this::run);
  }

  /** Begins to. */
  public static Pressure watch(Watch watch, Bulletin bulletin) {
    return new Pressure(watch, bulletin);
  }

  private void run() {
    // The first look only learns what the kernel has counted so far.
    Danger _ = room.danger();
    switch (PressureTrigger.open(room, STALL_MILLIS)) {
      case PressureTrigger.Opened.Armed(PressureTrigger trigger) -> {
        try (trigger) {
          byTrigger(trigger);
        }
      }
      case PressureTrigger.Opened.Refused _ -> {}
    }
    while (!closing) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS));
      lookForDanger();
    }
  }

  private void byTrigger(PressureTrigger trigger) {
    while (!closing) {
      switch (trigger.await(SELDOM_MILLIS)) {
        case PRESSURE -> {
          bulletin.tell("pressure", "memory is waited for: all pools are looked at now");
          watch.hurry();
        }
        case QUIET -> lookForDanger();
        case OVER -> {
          return;
        }
      }
    }
  }

  private void lookForDanger() {
    switch (room.danger()) {
      case Danger.Imminent(String why) -> {
        if (!dangerTold) {
          dangerTold = true;
          bulletin.tell("pressure", "memory is about to run out: " + why);
        }
        watch.hurry();
      }
      case Danger.None(), Danger.Unknown _ -> dangerTold = false;
    }
    List<PoolView> pools =
        watch.views().stream().filter(pool -> pool.manager().isPresent()).toList();
    rooms.keySet().retainAll(pools.stream().map(pool -> pool.manager().orElseThrow()).toList());
    if (!pools.isEmpty()) {
      lookAt(pools.get(next++ % pools.size()));
    }
  }

  private void lookAt(PoolView pool) {
    ProcessId manager = pool.manager().orElseThrow();
    MemoryRoom known = rooms.get(manager);
    MemoryRoom its = known == null ? MemoryRoom.of(manager.pid()) : known;
    rooms.put(manager, its);
    Danger danger = its.danger();
    if (known == null) {
      return; // the first look only learns what the kernel has counted so far
    }
    if (danger instanceof Danger.Imminent(String why)) {
      if (tight.add(pool.name())) {
        bulletin.tell(
            Optional.of(pool.name()),
            "pressure",
            "its memory is about to run out: " + why,
            OptionalInt.empty());
      }
      watch.hurry(pool.name());
    } else {
      tight.remove(pool.name());
    }
  }

  /** Comes back once the present wait for the kernel's word is over. */
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
}
