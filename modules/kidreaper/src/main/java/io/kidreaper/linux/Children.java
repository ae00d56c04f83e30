package io.kidreaper.linux;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * The pids of a process's children: {@code /proc/PID/task/TID/children} ({@code proc_pid_task(5)}),
 * or, in kernels built without it, the parents of all processes.
 *
 * <p>The kernel walks a moving list for this file, and a child may be missing from it while its
 * siblings end. So a pid that is listed is a child; one that is not may still be.
 */
final class Children {
  private final ProcFs proc;

  Children(ProcFs proc) {
    this.proc = proc;
  }

  /** The children of all of a process's threads, ascending by pid. */
  ProcRead<Set<Integer>> of(int pid) {
    return of(pid, false);
  }

  /**
   * The same.
   *
   * @param oneThread whether it was just seen to have one thread only, so that no other is looked
   *     for
   */
  ProcRead<Set<Integer>> of(int pid, boolean oneThread) {
    return proc.parseShort(pid + "/task/" + pid + "/children", Children::parse)
        .fold(
            children ->
                oneThread ? new ProcRead.Found<>(children) : withThoseOfOtherThreads(pid, children),
            // No such file: the process ended, or the kernel does not keep it.
            () -> proc.stat(pid) instanceof ProcRead.Found ? byParent(pid) : new ProcRead.Gone<>(),
            ProcRead.Failed<Set<Integer>>::new);
  }

  private ProcRead<Set<Integer>> withThoseOfOtherThreads(int pid, Set<Integer> children) {
    for (int tid : proc.numericNames(pid + "/task")) {
      if (tid != pid
          && proc.parseShort(pid + "/task/" + tid + "/children", Children::parse)
              instanceof ProcRead.Found<Set<Integer>>(Set<Integer> more)) {
        children.addAll(more);
      }
    }
    return new ProcRead.Found<>(children);
  }

  private ProcRead<Set<Integer>> byParent(int parent) {
    Set<Integer> children = new TreeSet<>();
    for (int pid : proc.numericNames("")) {
      if (proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)
          && stat.parentPid() == parent) {
        children.add(pid);
      }
    }
    return new ProcRead.Found<>(children);
  }

  /** The children of a process with one thread, of a list that is already open. */
  ProcRead<int[]> listed(int fd, String relative) {
    return proc.parseShort(fd, relative, Children::sorted);
  }

  static Set<Integer> parse(byte[] text) {
    Set<Integer> pids = new TreeSet<>();
    for (int pid : sorted(text)) {
      pids.add(pid);
    }
    return pids;
  }

  private static int[] sorted(byte[] text) {
    int[] pids = new int[16];
    int count = 0;
    Fields fields = new Fields(text, 0);
    while (fields.more()) {
      if (count == pids.length) {
        pids = Arrays.copyOf(pids, 4 * count);
      }
      pids[count++] = fields.pid(count);
    }
    Arrays.sort(pids, 0, count);
    return Arrays.copyOf(pids, count);
  }
}
