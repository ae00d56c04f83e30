package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import java.util.Set;

/**
 * The two files of a manager that every reading of its pool begins with: who it is, and who its
 * children are. They stay open between two readings, so that each costs one read and no search for
 * its path. An open file stays bound to the process it was opened for, and a pid that is another's
 * by then shows in its start. For one thread.
 */
final class ManagerFiles implements AutoCloseable {
  private static final int NOT_OPEN = -1;

  private final ProcFs proc;
  private final Libc libc;
  private final ProcessId manager;
  private final Children children;
  private final String statPath;
  private final String childrenPath;
  private int statFd = NOT_OPEN;
  private int childrenFd = NOT_OPEN;

  ManagerFiles(ProcFs proc, Libc libc, ProcessId manager) {
    this.proc = proc;
    this.libc = libc;
    this.manager = manager;
    this.children = new Children(proc);
    this.statPath = manager.pid() + "/stat";
    this.childrenPath = manager.pid() + "/task/" + manager.pid() + "/children";
  }

  /** Gone, too, where its pid is another's now. */
  ProcRead<StatFile> stat() {
    statFd = opened(statFd, statPath);
    ProcRead<StatFile> read =
        statFd < 0 ? proc.stat(manager.pid()) : proc.parseShort(statFd, statPath, StatFile::parse);
    return read instanceof ProcRead.Found<StatFile>(StatFile stat)
            && (stat.ended() || stat.startTicks() != manager.startTicks())
        ? new ProcRead.Gone<>()
        : read;
  }

  /** Its children, ascending by pid, if it has one thread only and the kernel lists them. */
  ProcRead<int[]> children() {
    childrenFd = opened(childrenFd, childrenPath);
    return childrenFd < 0 ? new ProcRead.Gone<>() : children.listed(childrenFd, childrenPath);
  }

  /** Its children by whichever way there is. */
  ProcRead<Set<Integer>> children(boolean oneThread) {
    return children.of(manager.pid(), oneThread);
  }

  /** Where it cannot be opened, for want of descriptors for instance, it is tried again. */
  private int opened(int fd, String relative) {
    return fd >= 0 ? fd : libc.openForReading(proc.path(relative));
  }

  @Override
  public void close() {
    statFd = closed(statFd);
    childrenFd = closed(childrenFd);
  }

  private int closed(int fd) {
    if (fd >= 0) {
      libc.close(fd);
    }
    return NOT_OPEN;
  }
}
