package io.kidreaper.pool;

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
}
