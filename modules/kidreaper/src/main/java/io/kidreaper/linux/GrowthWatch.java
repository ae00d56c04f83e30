package io.kidreaper.linux;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.BootWindow;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses of whom the costly reading is made, tick by tick.
 *
 * <p>A worker whose RSS and swap are below the limit cannot have reached it. One that has a large
 * RSS because it shares much could have; having been read once, it is read again when what has come
 * since could have taken it half of the way: RSS that rose, and pages that were copied on a write,
 * which RSS does not show and minor faults do. A sibling's end makes shared pages private without
 * either; so everybody above the limit by RSS is read again after some ticks anyway.
 */
final class GrowthWatch implements Attention {
  private static final int REFRESH_TICKS = 10;

  private final ProcFs proc;
  private final MachineNow machine;
  private final SystemFacts facts;
  private final SamplingPlan plan;
  private final Map<ProcessId, Seen> seen = new HashMap<>();
  private final Map<ProcessId, OptionalLong> faultsNow = new HashMap<>();
  private SwapBound bound;
  private long nowMillis;
  private OptionalLong uptimeMillis = OptionalLong.empty();
  private boolean whole;

  /**
   * A worker's last costly reading, and its minor faults just before.
   *
   * @param freshAge its age at the first that shows what a fresh one needs
   * @param freshTwice whether there was a second of that kind
   */
  private record Seen(
      OptionalLong value,
      long rssBytes,
      OptionalLong faults,
      long atMillis,
      OptionalLong freshAge,
      boolean freshTwice) {}

  GrowthWatch(ProcFs proc, MachineNow machine, SystemFacts facts, SamplingPlan plan) {
    this.proc = proc;
    this.machine = machine;
    this.facts = facts;
    this.plan = plan;
    this.bound = newBound();
  }

  /**
   * @param everybody whether all are to be read in detail
   */
  void begin(long atMillis, boolean everybody) {
    nowMillis = atMillis;
    whole = everybody;
    bound = newBound();
    faultsNow.clear();
    uptimeMillis = machine.uptimeMillis();
  }

  private SwapBound newBound() {
    return new SwapBound(
        proc, machine, bytes -> plan.limit().filter(limit -> limit.needsDetail(bytes)).isPresent());
  }

  @Override
  public boolean wantsDetail(ProcessId worker, long rssAtMostBytes) {
    boolean wants =
        whole
            || showsBootSize(worker)
            || (bound.wantsDetail(worker, rssAtMostBytes) && mayHaveGrown(worker, rssAtMostBytes));
    if (wants) {
      faultsNow.computeIfAbsent(worker, this::faults);
    }
    return wants;
  }

  /** Twice for each worker, whatever its size: what a fresh one needs is asked later. */
  private boolean showsBootSize(ProcessId worker) {
    OptionalLong age = ageMillis(worker);
    if (age.isEmpty() || !BootWindow.isOpenAt(age.getAsLong())) {
      return false;
    }
    Seen last = seen.get(worker);
    return last == null
        || last.freshAge().isEmpty()
        || (!last.freshTwice()
            && BootWindow.isSecondAt(last.freshAge().getAsLong(), age.getAsLong()));
  }

  private boolean mayHaveGrown(ProcessId worker, long rssBytes) {
    Seen last = seen.get(worker);
    Optional<Limit> limit = plan.limit();
    if (last == null
        || limit.isEmpty()
        // Siblings that end make it larger, and nothing of the worker's own tells.
        || limit.get().measure() == Measure.PSS
        || last.value().isEmpty()
        || last.faults().isEmpty()
        || nowMillis - last.atMillis() >= REFRESH_TICKS * plan.everyMillis()) {
      return true;
    }
    long room = limit.get().bytes() - last.value().getAsLong();
    long risen = Math.max(0, rssBytes - last.rssBytes());
    if (2 * risen >= room) {
      return true;
    }
    OptionalLong faults = faultsNow.computeIfAbsent(worker, this::faults);
    if (faults.isEmpty()) {
      return true;
    }
    long copied = (faults.getAsLong() - last.faults().getAsLong()) * facts.pageBytes();
    return 2 * (risen + copied) >= room;
  }

  private OptionalLong faults(ProcessId worker) {
    return proc.stat(worker.pid()) instanceof ProcRead.Found<StatFile>(StatFile stat)
            && stat.startTicks() == worker.startTicks()
        ? OptionalLong.of(stat.minorFaults())
        : OptionalLong.empty();
  }

  /** Remembers what came of the costly readings; forgets who is no member any more. */
  void end(List<Member> members) {
    int known = 0;
    for (Member member : members) {
      Optional<Seen> now = seenNow(member, seen.get(member.id()));
      now.ifPresent(it -> seen.put(member.id(), it));
      known += seen.containsKey(member.id()) ? 1 : 0;
    }
    if (known < seen.size()) {
      seen.keySet().retainAll(members.stream().map(Member::id).collect(Collectors.toSet()));
    }
  }

  private Optional<Seen> seenNow(Member member, @Nullable Seen last) {
    if (!(member.memory() instanceof Sample sample) || sample.detail() instanceof Detail.NotRead) {
      return Optional.empty();
    }
    OptionalLong value =
        plan.limit().map(limit -> sample.value(limit.measure())).orElse(OptionalLong.empty());
    OptionalLong faults = faultsNow.getOrDefault(member.id(), OptionalLong.empty());
    OptionalLong age = ageMillis(member.id());
    OptionalLong freshAge = last == null ? OptionalLong.empty() : last.freshAge();
    boolean isFirst = freshAge.isEmpty() && age.isPresent() && BootWindow.isOpenAt(age.getAsLong());
    boolean isSecond =
        freshAge.isPresent()
            && age.isPresent()
            && BootWindow.isSecondAt(freshAge.getAsLong(), age.getAsLong());
    return Optional.of(
        new Seen(
            value,
            sample.rssBytes(),
            faults,
            nowMillis,
            isFirst ? age : freshAge,
            isSecond || (last != null && last.freshTwice())));
  }

  /** Empty where the machine's uptime cannot be read. */
  OptionalLong ageMillis(ProcessId worker) {
    if (uptimeMillis.isEmpty()) {
      return OptionalLong.empty();
    }
    long startMillis = worker.startTicks() * 1000 / facts.ticksPerSecond();
    return OptionalLong.of(Math.max(0, uptimeMillis.getAsLong() - startMillis));
  }
}
