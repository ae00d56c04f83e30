package io.kidreaper.watch;

import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import java.util.function.LongPredicate;

/** A pool's reader that several threads may ask, also after one of them has closed it. */
final class GuardedReader implements PoolReader {
  private final PoolReader reader;
  private boolean closed;

  GuardedReader(PoolReader reader) {
    this.reader = reader;
  }

  @Override
  public synchronized PoolReading read(LongPredicate needsDetail) {
    return closed
        ? new PoolReading.Unreadable("the pool is not watched any more")
        : reader.read(needsDetail);
  }

  @Override
  public synchronized void close() {
    closed = true;
    reader.close();
  }
}
