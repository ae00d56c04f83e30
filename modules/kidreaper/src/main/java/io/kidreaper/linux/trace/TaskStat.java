package io.kidreaper.linux.trace;

import java.util.Optional;

/**
 * The fields of {@code /proc/PID/stat} that the tracer needs; see {@code proc_pid_stat(5)}.
 *
 * <pre>{@code
 * 4711 (any (name) at all) S 1 …                     fields 1 pid, 2 comm, 3 state, 4 ppid, …
 * }</pre>
 *
 * @param state R running, S sleeping, D uninterruptible, T stopped, t traced, Z zombie, X dead, …
 * @param parentPid the process that will be told of its end
 * @param startTicks field 22: clock ticks since boot
 */
record TaskStat(char state, int parentPid, long startTicks) {
  private static final int PARENT = 1;
  private static final int START = 19;

  /** Empty where the text is not what the kernel writes. */
  static Optional<TaskStat> parse(String text) {
    // The name may hold anything, parentheses and newlines too; what follows it cannot.
    int nameEnd = text.lastIndexOf(')');
    if (nameEnd < 0 || nameEnd + 2 >= text.length()) {
      return Optional.empty();
    }
    String[] fields = text.substring(nameEnd + 2).strip().split(" ", -1);
    if (fields.length <= START || fields[0].length() != 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new TaskStat(
              fields[0].charAt(0),
              Integer.parseInt(fields[PARENT]),
              Long.parseLong(fields[START])));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Ended, though its entry is still there. */
  boolean ended() {
    return state == 'Z' || state == 'X' || state == 'x';
  }
}
