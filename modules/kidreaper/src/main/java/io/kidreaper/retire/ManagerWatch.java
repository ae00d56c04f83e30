package io.kidreaper.retire;

import io.kidreaper.pool.ProcessId;
import java.util.Optional;

/** Keeps an eye on a pool's manager while its workers are asked to go. */
public interface ManagerWatch extends AutoCloseable {
  ProcessId manager();

  /** Why it is no longer the manager it was; empty while it is. */
  Optional<String> lost();

  @Override
  void close();
}
