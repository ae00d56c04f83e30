package io.kidreaper.demo;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory that the worker takes outside of Java's heap, as an application with a native library
 * does: the heap stays small, and only the process grows. Safe for use by many threads.
 */
final class Hoard {
  /** A page of every architecture is a multiple of it. */
  private static final int PAGE_BYTES = 4_096;

  private final Deque<ByteBuffer> kept = new ArrayDeque<>();
  private final ByteBuffer shared;
  private long keptBytes;
  private int unsharedBytes;

  /**
   * @param shared mapped privately, and shared with the other workers as long as it is not written
   *     to
   */
  Hoard(ByteBuffer shared) {
    this.shared = shared;
  }

  /** Keeps that many bytes more for the worker's life, every page of them in use. */
  synchronized void leak(int bytes) {
    kept.add(ByteBuffer.allocateDirect(bytes));
    keptBytes += bytes;
  }

  /**
   * Writes to that many bytes of the shared memory that were not written to yet.
   *
   * @return how many there were, at most what was asked for
   */
  synchronized int unshare(int bytes) {
    int end = (int) Math.min(shared.capacity(), (long) unsharedBytes + bytes);
    int begin = unsharedBytes;
    for (int at = begin; at < end; at += PAGE_BYTES) {
      shared.put(at, (byte) 1);
    }
    unsharedBytes = end;
    return end - begin;
  }

  /** Takes that many bytes, every page of them in use, and drops them for a collection to find. */
  static int bloat(int bytes) {
    // Java fills such memory with zeros, so all of it is there.
    return ByteBuffer.allocateDirect(bytes).capacity();
  }

  /** The bytes that were leaked. */
  synchronized long keptBytes() {
    return keptBytes;
  }

  /** The bytes that were unshared. */
  synchronized int unsharedBytes() {
    return unsharedBytes;
  }
}
