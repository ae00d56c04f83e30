package io.kidreaper.linux;

import java.nio.charset.StandardCharsets;

/**
 * {@code /proc/PID/stat} ({@code proc_pid_stat(5)}): one line, the process's name in parentheses as
 * its second field. The name is whatever the program says, spaces and parentheses included, so the
 * fields behind it are counted from the last closing one.
 *
 * @param state one letter: R running, S sleeping, D uninterruptible, T stopped, t traced, Z zombie,
 *     X dead, I idle kernel thread
 * @param parentPid 0 for the first process of a pid namespace
 * @param flags the kernel's PF_ flags
 * @param minorFaults pages it was given without a disk being read, since its start
 * @param threads how many it has
 * @param startTicks clock ticks since boot
 * @param vszBytes virtual size
 */
public record StatFile(
    String name,
    char state,
    int parentPid,
    long flags,
    long minorFaults,
    long threads,
    long startTicks,
    long vszBytes) {
  private static final long PF_KTHREAD = 0x0020_0000;

  static StatFile parse(byte[] line) {
    int open = indexOf(line, '(');
    int close = lastIndexOf(line, ')');
    if (open < 0 || close < open) {
      throw new MalformedProcFileException("no process name in parentheses: " + ProcFs.text(line));
    }
    Fields fields = new Fields(line, close + 1);
    char state = fields.letter(3);
    int parentPid = fields.pid(4);
    fields.skip(4);
    long flags = fields.number(9);
    long minorFaults = fields.number(10);
    fields.skip(9);
    long threads = fields.number(20);
    fields.skip(1);
    long startTicks = fields.number(22);
    long vszBytes = fields.number(23);
    String name = new String(line, open + 1, close - open - 1, StandardCharsets.UTF_8);
    return new StatFile(name, state, parentPid, flags, minorFaults, threads, startTicks, vszBytes);
  }

  /** Ended, and only waiting for its parent to ask for its exit status. */
  public boolean ended() {
    return state == 'Z' || state == 'X' || state == 'x';
  }

  /** A thread of the kernel, which has no memory of its own and is nobody's worker. */
  public boolean kernelThread() {
    return (flags & PF_KTHREAD) != 0;
  }

  private static int indexOf(byte[] line, char wanted) {
    for (int i = 0; i < line.length; i++) {
      if (line[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static int lastIndexOf(byte[] line, char wanted) {
    for (int i = line.length - 1; i >= 0; i--) {
      if (line[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
