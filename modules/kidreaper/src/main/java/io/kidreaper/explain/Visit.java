package io.kidreaper.explain;

import io.kidreaper.memory.Rollup;

/**
 * One request, from one boundary of the worker to the next, with its memory at both.
 *
 * @param takenNanos from one boundary's reading to the arrival at the next, its tracing included,
 *     the wait for the request not
 * @param stoppedNanos how long the worker stood still for the reading that followed
 */
public record Visit(
    RouteName route, Rollup before, Rollup after, long takenNanos, long stoppedNanos) {
  public long privateBytes() {
    return after.privateBytes() - before.privateBytes();
  }

  /** New memory: what is anonymous, in RAM or in swap, and was not there before. */
  public long allocatedBytes() {
    return anonymous(after) - anonymous(before);
  }

  /** What it shared before and does not any more; shared memory by intent may be among it. */
  public long unsharedBytes() {
    return before.sharedDirtyBytes() - after.sharedDirtyBytes();
  }

  private static long anonymous(Rollup memory) {
    return memory.anonymousBytes() + memory.swapBytes() - memory.lazyFreeBytes();
  }
}
