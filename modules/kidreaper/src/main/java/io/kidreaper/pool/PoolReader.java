package io.kidreaper.pool;

import java.util.function.LongPredicate;

/** Reads one manager's pool, again and again. Not for several threads at once. */
public interface PoolReader extends AutoCloseable {

  /**
   * Lists the workers and reads their memory.
   *
   * @param needsDetail given the most a worker may have in RAM and swap together (bytes), whether
   *     to make the costly reading of it too
   */
  PoolReading read(LongPredicate needsDetail);

  @Override
  void close();
}
