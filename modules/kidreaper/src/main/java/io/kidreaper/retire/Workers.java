package io.kidreaper.retire;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.Map;

/** Tells a manager's workers from its other children. */
@FunctionalInterface
public interface Workers {
  /** Where all of a manager's children are workers. */
  Workers ALL = _ -> Map.of();

  /** Those members that are no workers of the pool, each with the reason as a sentence. */
  Map<ProcessId, String> notAmong(Snapshot pool);
}
