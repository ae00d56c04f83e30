package io.kidreaper.control;

import io.kidreaper.memory.Area;
import io.kidreaper.memory.Footing;
import io.kidreaper.pool.ProcessId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Pools to tell of. */
public final class Statuses {
  private Statuses() {}

  public static HistoryEvent event(String text) {
    return new HistoryEvent(
        Instant.parse("2026-11-22T10:00:00.123Z"), "ready", text, OptionalInt.of(4720));
  }

  /** Figures that all differ. */
  static FirstSeen first(String pool) {
    return new FirstSeen(
        pool,
        new ProcessId(4720, 31650),
        new Footing(
            new Area(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13),
            new Area(21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33),
            41,
            42),
        true);
  }

  /** Everything that can be known is. */
  public static PoolStatus full(String name) {
    return new PoolStatus(
        name,
        4711,
        PoolStatus.State.RESTARTING,
        Instant.parse("2026-11-22T09:59:58Z"),
        List.of("unix:/run/shop.sock", "127.0.0.1:9000"),
        2,
        2,
        1,
        1,
        1,
        List.of(
            new WorkerStatus(
                4720,
                31650,
                1,
                1,
                WorkerStatus.State.DRAINING,
                OptionalLong.of(7_500_000),
                OptionalLong.of(160L << 20),
                OptionalLong.of(180L << 20),
                OptionalLong.of(200L << 20),
                OptionalLong.of(812),
                Optional.of("restart as generation 2")),
            bare(4721)),
        new PoolLimits(
            OptionalLong.of(150L << 20),
            OptionalLong.of(1L << 30),
            OptionalLong.of(400L << 20),
            OptionalLong.of(1000),
            OptionalLong.of(3_600_000),
            OptionalLong.of(300_000)),
        new TreeMap<>(Map.of("limit", 12L, "age", 3L)),
        OptionalLong.of(0),
        List.of(event("worker 1 of generation 1 is ready")));
  }

  /** Somebody else's pool, frozen. */
  public static PoolStatus attached(String name) {
    PoolStatus full = full(name);
    return new PoolStatus(
        name,
        4711,
        PoolStatus.State.HANDS_OFF,
        full.since(),
        List.of(),
        0,
        0,
        2,
        0,
        0,
        full.workers(),
        full.limits(),
        full.retirements(),
        OptionalLong.empty(),
        full.lastEvents(),
        Optional.of(
            new AttachedStatus(
                "pidfile /run/shop.pid",
                OptionalInt.of(4700),
                Optional.of("perl shop.fcgi"),
                Optional.of("no signal is safe"),
                true)));
  }

  /** Nothing is known but that it is there. */
  public static PoolStatus bare(String name) {
    return new PoolStatus(
        name,
        4711,
        PoolStatus.State.STARTING,
        Instant.parse("2026-11-22T09:59:58Z"),
        List.of("127.0.0.1:9000"),
        1,
        1,
        0,
        1,
        0,
        List.of(bare(4721)),
        PoolLimits.NONE,
        new TreeMap<>(),
        OptionalLong.empty(),
        List.of());
  }

  private static WorkerStatus bare(int pid) {
    return new WorkerStatus(
        pid,
        31700,
        2,
        2,
        WorkerStatus.State.STARTING,
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty());
  }
}
