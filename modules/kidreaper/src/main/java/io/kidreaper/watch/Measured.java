package io.kidreaper.watch;

import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** What was last measured of a pool's workers. Immutable; what was not read is empty. */
public final class Measured {
  /** Nothing was measured yet. */
  public static final Measured NOTHING = new Measured(Map.of());

  /**
   * Of one worker.
   *
   * @param bornMillis when it began, on a clock that never goes back
   */
  public record Of(
      OptionalLong bornMillis,
      OptionalLong privateBytes,
      OptionalLong pssBytes,
      OptionalLong rssBytes,
      OptionalLong sharedBytes,
      OptionalLong requests) {
    private static final Of NONE =
        new Of(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());

    /** How old it is now. */
    public OptionalLong ageMillis() {
      return since(bornMillis);
    }
  }

  static OptionalLong since(OptionalLong bornMillis) {
    return bornMillis.isPresent()
        ? OptionalLong.of(WatchLoop.nowMillis() - bornMillis.getAsLong())
        : bornMillis;
  }

  private final Map<ProcessId, Of> workers;

  private Measured(Map<ProcessId, Of> workers) {
    this.workers = Map.copyOf(workers);
  }

  /**
   * What is known after one more reading: a figure that was not read this time stays as it was last
   * read; workers that are gone are forgotten. What has not changed is the same object: of many
   * pools that rest no garbage is made that lives for a turn.
   */
  public Measured with(Snapshot snapshot) {
    Map<ProcessId, Of> now = new HashMap<>();
    boolean changed = snapshot.members().size() != workers.size();
    for (Member member : snapshot.members()) {
      Of last = of(member.id());
      Of next =
          new Of(
              last.bornMillis().isPresent() ? last.bornMillis() : born(member),
              newer(member.value(Measure.PRIVATE), last.privateBytes()),
              newer(member.value(Measure.PSS), last.pssBytes()),
              newer(member.value(Measure.RSS), last.rssBytes()),
              newer(shared(member), last.sharedBytes()),
              member.duty().requests());
      boolean same = next.equals(last) && workers.containsKey(member.id());
      changed |= !same;
      now.put(member.id(), same ? last : next);
    }
    return changed ? new Measured(now) : this;
  }

  private static OptionalLong born(Member member) {
    return member.ageMillis().isPresent()
        ? OptionalLong.of(WatchLoop.nowMillis() - member.ageMillis().getAsLong())
        : member.ageMillis();
  }

  private static OptionalLong shared(Member member) {
    return member.memory() instanceof Sample(_, _, Rollup rollup)
        ? OptionalLong.of(rollup.sharedCleanBytes() + rollup.sharedDirtyBytes())
        : OptionalLong.empty();
  }

  private static OptionalLong newer(OptionalLong now, OptionalLong before) {
    return now.isPresent() ? now : before;
  }

  /** Of whom something is known. */
  public Set<ProcessId> workers() {
    return workers.keySet();
  }

  public Of of(ProcessId worker) {
    return workers.getOrDefault(worker, Of.NONE);
  }
}
