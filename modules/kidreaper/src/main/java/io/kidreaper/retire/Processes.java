package io.kidreaper.retire;

import io.kidreaper.pool.ProcessId;

/** Gives handles to processes that cannot come to mean another process. */
public interface Processes {

  /** A handle to exactly this process, if it is still there. */
  Opened open(ProcessId id);

  /** What came of opening a handle. */
  sealed interface Opened {
    record Here(ProcessRef process) implements Opened {}

    /** It ended; its pid is free or already another process's. */
    record Gone(boolean pidReused) implements Opened {}

    /** The system refused, which says nothing about the process. */
    record Refused(String reason) implements Opened {}
  }
}
