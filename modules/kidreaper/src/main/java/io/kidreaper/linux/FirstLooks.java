package io.kidreaper.linux;

import io.kidreaper.memory.Composition;
import io.kidreaper.memory.Footing;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What each worker's memory was when it was first looked at, kept as long as it lives, so that
 * months later somebody can be told what it grew by. For one thread, save {@link #of}.
 */
public final class FirstLooks {
  /**
   * @param othersEnded whether since then another of the pool has ended, whose pages may have
   *     become this one's alone
   */
  public record First(ProcessId worker, Footing footing, boolean othersEnded) {}

  private record Kept(ProcessId worker, Footing footing, long endsBefore) {}

  private final WorkerLook look;
  private final Map<Integer, Kept> kept = new ConcurrentHashMap<>();
  private final Set<ProcessId> known = new HashSet<>();
  private final Set<ProcessId> waiting = new HashSet<>();
  private final AtomicLong ends = new AtomicLong();

  FirstLooks(ProcFs proc) {
    this.look = new WorkerLook(proc);
  }

  /** These are there now; who is not has ended. */
  void follow(List<Member> members) {
    if (members.size() == known.size()
        && members.stream().allMatch(member -> known.contains(member.id()))) {
      return;
    }
    Set<ProcessId> now = new HashSet<>();
    members.forEach(member -> now.add(member.id()));
    for (ProcessId id : now) {
      if (!known.contains(id)) {
        waiting.add(id);
      }
    }
    for (ProcessId id : known) {
      if (!now.contains(id)) {
        ends.incrementAndGet();
        kept.computeIfPresent(id.pid(), (_, it) -> it.worker().equals(id) ? null : it);
      }
    }
    waiting.retainAll(now);
    known.clear();
    known.addAll(now);
  }

  boolean isDue() {
    return !waiting.isEmpty();
  }

  /** Looks at one worker that was not looked at yet; one that cannot be read is let be. */
  void lookAtOne() {
    Optional<ProcessId> next = waiting.stream().findFirst();
    if (next.isEmpty()) {
      return;
    }
    ProcessId worker = next.get();
    waiting.remove(worker);
    if (look.composition(worker)
        instanceof WorkerLook.Result.Seen<Composition>(Composition memory, long faults, long _)) {
      kept.put(
          worker.pid(),
          new Kept(worker, Footing.of(memory, faults, System.nanoTime()), ends.get()));
    }
  }

  /**
   * Of a worker by its pid; empty if it was not looked at, or is not there. Safe from any thread.
   */
  public Optional<First> of(int pid) {
    return Optional.ofNullable(kept.get(pid))
        .map(it -> new First(it.worker(), it.footing(), ends.get() > it.endsBefore()));
  }
}
