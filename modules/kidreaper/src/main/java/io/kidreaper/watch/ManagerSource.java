package io.kidreaper.watch;

import io.kidreaper.pool.ProcessId;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Finds a pool's manager, again and again. For one thread. */
interface ManagerSource extends AutoCloseable {
  /** What came of looking. */
  sealed interface Found {
    /**
     * @param command its command line
     * @param namedNow which pid is named as the manager's at the moment of asking; empty while that
     *     cannot be read. May be asked on any thread
     */
    record Here(ProcessId manager, String command, Supplier<OptionalInt> namedNow)
        implements Found {}

    /**
     * @param forGood whether it cannot come back
     */
    record Away(String reason, boolean forGood) implements Found {}
  }

  /**
   * @param nowMillis of a clock that never goes back
   */
  Found find(long nowMillis);

  @Override
  default void close() {}
}
