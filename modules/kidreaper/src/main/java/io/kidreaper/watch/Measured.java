package io.kidreaper.watch;

import io.kidreaper.memory.Measure;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** What was last measured of a pool's workers. Immutable; what was not read is empty. */
public final class Measured {
  /** Nothing was measured yet. */
  public static final Measured NOTHING = new Measured(Map.of());

  /** Of one worker. */
  public record Of(
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

  /**
   * What is known after one more reading: a figure that was not read this time stays as it was last
   * read; workers that are gone are forgotten.
   */
  public Measured with(Snapshot snapshot) {
    Map<ProcessId, Of> now = new HashMap<>();
    for (Member member : snapshot.members()) {
      Of last = of(member.id());
      now.put(
          member.id(),
          new Of(
              member.ageMillis(),
              newer(member.value(Measure.PRIVATE), last.privateBytes()),
              newer(member.value(Measure.PSS), last.pssBytes()),
              newer(member.value(Measure.RSS), last.rssBytes()),
              member.duty().requests()));
    }
    return new Measured(now);
  }

  private static OptionalLong newer(OptionalLong now, OptionalLong before) {
    return now.isPresent() ? now : before;
  }

  public Of of(ProcessId worker) {
    return workers.getOrDefault(worker, Of.NONE);
  }
}
