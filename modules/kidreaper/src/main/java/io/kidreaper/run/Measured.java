package io.kidreaper.run;

import io.kidreaper.memory.Measure;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** What was last measured of a pool's workers. Immutable; what was not read is empty. */
final class Measured {
  /** Nothing was measured yet. */
  static final Measured NOTHING = new Measured(Map.of());

  /** Of one worker. */
  record Of(
      OptionalLong ageMillis,
      OptionalLong privateBytes,
      OptionalLong pssBytes,
      OptionalLong rssBytes,
      OptionalLong requests) {
    private static final Of NONE =
        new Of(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());
  }

  private final Map<ProcessId, Of> workers;

  private Measured(Map<ProcessId, Of> workers) {
    this.workers = Map.copyOf(workers);
  }

  static Measured of(Snapshot snapshot) {
    Map<ProcessId, Of> workers = new HashMap<>();
    for (Member member : snapshot.members()) {
      workers.put(
          member.id(),
          new Of(
              member.ageMillis(),
              member.value(Measure.PRIVATE),
              member.value(Measure.PSS),
              member.value(Measure.RSS),
              member.duty().requests()));
    }
    return new Measured(workers);
  }

  Of of(ProcessId worker) {
    return workers.getOrDefault(worker, Of.NONE);
  }
}
