package io.kidreaper.linux.trace;

import io.kidreaper.pool.ProcessId;
import java.lang.foreign.MemorySegment;

/**
 * A worker that stands still between two requests. Valid only inside the action it is given to, on
 * the tracer's thread; the worker goes on when the action returns or throws.
 */
public interface HeldWorker {
  /** Which process. */
  ProcessId process();

  /** Where it stands. */
  Boundary.Where where();

  /**
   * Sends it a signal, which it will see as if it had come while it waits: a call at whose entry it
   * stands is not made, since accept could return a connection before the signal is seen.
   *
   * @return 0 or the negated errno
   */
  int signal(int signal);

  /**
   * Copies some of its memory.
   *
   * @return bytes copied, or the negated errno
   */
  long readMemory(long address, MemorySegment buffer);
}
