package io.kidreaper.explain;

import io.kidreaper.memory.Composition;

/**
 * One full reading of one worker.
 *
 * @param minorFaults since the worker's start
 * @param atNanos on a monotonic clock
 */
public record Footing(Composition memory, long minorFaults, long atNanos) {
  public long privateBytes() {
    return memory.total().privateBytes();
  }
}
