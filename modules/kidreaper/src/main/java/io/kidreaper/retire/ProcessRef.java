package io.kidreaper.retire;

import io.kidreaper.memory.Reading;
import io.kidreaper.pool.ProcessId;
import java.time.Duration;

/** A hold on one process: all it does reaches that process or nothing. Close it after use. */
public interface ProcessRef extends AutoCloseable {
  ProcessId id();

  /** The pid of its parent now, or 0 if it has ended. */
  int parentPid();

  /** Its memory now, costly half included. */
  Reading memory();

  Sent send(Signal signal);

  /** Waits for its end, {@code atMost} that long; true if it has ended. */
  boolean ended(Duration atMost);

  @Override
  void close();

  /** What came of sending a signal. */
  sealed interface Sent {
    record Done() implements Sent {}

    record Gone() implements Sent {}

    record Refused(String reason) implements Sent {}
  }
}
