package io.kidreaper.linux;

import io.kidreaper.pool.PoolReading;

/** Workers that are read again and again. Not for several threads at once. */
public interface MemberSource extends AutoCloseable {

  /** Says who the workers are now and reads their memory. */
  PoolReading read(Attention attention);

  @Override
  void close();
}
