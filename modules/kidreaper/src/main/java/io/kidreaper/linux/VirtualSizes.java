package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import java.util.Set;

/**
 * The cheapest look at a pool there is. A process's virtual size stands in its {@code stat}, beside
 * its parent and its state, so one file of each child says whether there is anything to do at all.
 */
public final class VirtualSizes {
  private final ProcFs proc;
  private final int self = (int) ProcessHandle.current().pid();

  public VirtualSizes(ProcFs proc) {
    this.proc = proc;
  }

  /**
   * Whether every child of this manager was read and is smaller than so many bytes. False means
   * that the pool is worth a closer look, not that somebody is over.
   */
  public boolean allBelow(ProcessId manager, long vszBytes) {
    Children children = new Children(proc);
    // One look may miss a child while its siblings end.
    return children.of(manager.pid()) instanceof ProcRead.Found<Set<Integer>>(var first)
        && allBelow(first, manager, vszBytes)
        && children.of(manager.pid()) instanceof ProcRead.Found<Set<Integer>>(var second)
        && allBelow(without(first, second), manager, vszBytes);
  }

  private static Set<Integer> without(Set<Integer> known, Set<Integer> pids) {
    pids.removeAll(known);
    return pids;
  }

  private boolean allBelow(Set<Integer> pids, ProcessId manager, long vszBytes) {
    for (int pid : pids) {
      if (pid != self && !below(pid, manager, vszBytes)) {
        return false;
      }
    }
    return true;
  }

  private boolean below(int pid, ProcessId manager, long vszBytes) {
    ProcRead<StatFile> read = proc.stat(pid);
    if (read instanceof ProcRead.Found<StatFile>(StatFile stat)) {
      return stat.vszBytes() < vszBytes || stat.parentPid() != manager.pid();
    }
    return read instanceof ProcRead.Gone;
  }
}
