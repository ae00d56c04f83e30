package io.kidreaper.linux.trace;

/**
 * What {@code /proc/PID/syscall} says of a task; see {@code proc_pid_syscall(5)}.
 *
 * <pre>{@code
 * running                                          on a processor, or about to be
 * 43 0x3 0x0 0x0 0x0 0x0 0x0 0x7ffd… 0x7f3a…       blocked in call 43: six arguments, sp, pc
 * -1 0x7ffd… 0x7f3a…                               blocked, but in no call
 * }</pre>
 */
sealed interface CallLine {
  /** Blocked in a system call. */
  record InCall(long number, long firstArgument, long secondArgument, long programCounter)
      implements CallLine {}

  /** Not blocked in a call: it runs, or is stopped elsewhere. */
  record Elsewhere() implements CallLine {}

  /** Could not be read, for want of the right or because the task is gone. */
  record Unreadable() implements CallLine {}

  /** Reads a line of the kernel; what is not understood is unreadable. */
  static CallLine parse(String line) {
    String[] words = line.strip().split(" ", -1);
    if (words[0].equals("running") || words[0].equals("-1")) {
      return new Elsewhere();
    }
    if (words.length != 9) {
      return new Unreadable();
    }
    try {
      return new InCall(Long.parseLong(words[0]), hex(words[1]), hex(words[2]), hex(words[8]));
    } catch (NumberFormatException e) {
      return new Unreadable();
    }
  }

  private static long hex(String word) {
    return Long.parseUnsignedLong(word.substring(word.startsWith("0x") ? 2 : 0), 16);
  }
}
