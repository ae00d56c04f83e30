package io.kidreaper.explain;

import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import io.kidreaper.memory.Composition;
import io.kidreaper.pool.ProcessId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What all workers of a pool cost at one moment.
 *
 * @param workers those that could be read
 * @param unread how many could not: sums are then bounds from below
 */
public record PoolCost(List<One> workers, int unread) {
  /** One worker. */
  public record One(ProcessId id, Composition memory) {
    public long privateBytes() {
      return memory.total().privateBytes();
    }
  }

  /** By how much an outlier must exceed the others' median, and by how many bytes at least. */
  private static final double FAR = 1.5;

  private static final long FAR_BYTES = 8L << 20;

  public PoolCost {
    workers = List.copyOf(workers);
  }

  /** The worker that is far larger than the median of the others, if there is one. */
  public Optional<One> outlier() {
    if (workers.size() < 3) {
      return Optional.empty();
    }
    One largest = largest().orElseThrow();
    long[] others =
        workers.stream().filter(one -> !one.equals(largest)).mapToLong(One::privateBytes).toArray();
    Arrays.sort(others);
    long usual = others[others.length / 2];
    return largest.privateBytes() > FAR * usual && largest.privateBytes() - usual > FAR_BYTES
        ? Optional.of(largest)
        : Optional.empty();
  }

  public Optional<One> largest() {
    return workers.stream().max(Comparator.comparingLong(One::privateBytes));
  }

  /** What they cost together, shared pages once. */
  public long togetherBytes() {
    return workers.stream().mapToLong(one -> one.memory().total().poolShareBytes()).sum();
  }

  /** What they would cost together if nothing were shared. */
  public long withoutSharingBytes() {
    return workers.stream()
        .map(one -> one.memory().total())
        .mapToLong(total -> total.rssBytes() + total.swapBytes())
        .sum();
  }

  /**
   * What sharing by fork saves: how much more the workers' anonymous maps would need if each had
   * its own. Their parent's part of such pages is not among what they cost.
   */
  public long savedByForkBytes() {
    return workers.stream()
        .mapToLong(one ->
            Arrays.stream(AreaKind.values())
                .filter(PoolCost::anonymous)
                .map(one.memory()::of)
                .mapToLong(area -> saved(area))
                .sum())
        .sum();
  }

  private static long saved(Area area) {
    return area.rssBytes() + area.swapBytes() - area.poolShareBytes();
  }

  private static boolean anonymous(AreaKind kind) {
    return switch (kind) {
      case HEAP, ARENAS, ANONYMOUS, STACKS -> true;
      case FILES, SHARED_MEMORY -> false;
    };
  }

  /** Private bytes of the smallest worker; empty of an empty pool. */
  public Optional<Long> smallestBytes() {
    return workers.stream().map(One::privateBytes).min(Comparator.naturalOrder());
  }
}
