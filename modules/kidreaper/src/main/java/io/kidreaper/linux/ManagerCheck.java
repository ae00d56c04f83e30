package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import java.util.Set;

/** Whether a process may be taken for the manager of a pool. */
public final class ManagerCheck {
  private static final Set<String> INITS =
      Set.of("systemd", "init", "launchd", "openrc-init", "runit", "s6-svscan", "dinit", "finit");
  private static final int KTHREADD = 2;

  private final ProcFs proc;

  public ManagerCheck(ProcFs proc) {
    this.proc = proc;
  }

  /** What the check came to. */
  public sealed interface Result {
    /**
     * @param command its command line, for people
     */
    record Accepted(ProcessId manager, String command) implements Result {}

    record Refused(String reason) implements Result {}
  }

  /** Looks at the process that has this pid now. */
  public Result check(int pid) {
    if (pid == ProcessHandle.current().pid()) {
      return new Result.Refused("process " + pid + " is kidreaper itself");
    }
    return proc.stat(pid)
        .fold(
            stat -> check(pid, stat),
            () -> new Result.Refused("there is no process " + pid),
            Result.Refused::new);
  }

  private Result check(int pid, StatFile stat) {
    if (stat.ended()) {
      return new Result.Refused(
          "process " + pid + " (" + CommandLineFile.printable(stat.name()) + ") has ended");
    }
    if (pid == KTHREADD && stat.kernelThread()) {
      return new Result.Refused("process 2 is the kernel's own; its children are no workers");
    }
    // In a container the manager is often process 1; on a host all daemons are its children.
    if (pid == 1 && INITS.contains(stat.name())) {
      return new Result.Refused(
          "process 1 is this system's init ("
              + stat.name()
              + "), the parent of every daemon; name the pool's own manager");
    }
    return new Result.Accepted(
        new ProcessId(pid, stat.startTicks()), CommandLineFile.read(proc, pid, stat.name()));
  }
}
