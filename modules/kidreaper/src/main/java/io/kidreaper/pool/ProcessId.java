package io.kidreaper.pool;

import org.jspecify.annotations.Nullable;

/**
 * Which process, for good: a pid is given to another process after its owner's end, a pid together
 * with its start time is not.
 *
 * @param pid the process id, at least 1
 * @param startTicks when the process started, in clock ticks since boot: field 22 of {@code
 *     /proc/PID/stat} ({@code proc_pid_stat(5)})
 */
public record ProcessId(int pid, long startTicks) {
  public ProcessId {
    if (pid < 1) {
      throw new IllegalArgumentException("not a process id: " + pid);
    }
  }

  // Written out, since the JVM makes a record's own by some twenty method handles at its first use,
  // which would be a tenth of a whole one-shot run.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ProcessId id && id.pid == pid && id.startTicks == startTicks;
  }

  @Override
  public int hashCode() {
    return 31 * pid + Long.hashCode(startTicks);
  }
}
