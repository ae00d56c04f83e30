package io.kidreaper.retire;

import io.kidreaper.pool.ProcessId;

/** Looks at workers without touching them. */
public interface Observer {
  Activity look(ProcessId worker);
}
