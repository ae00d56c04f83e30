package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Processes;

/** Opens processes by pidfd ({@code pidfd_open(2)}, Linux 5.3). */
public final class LinuxProcesses implements Processes {
  private final Libc libc;
  private final ProcFs proc;
  private final SystemFacts facts;

  public LinuxProcesses(Libc libc, ProcFs proc, SystemFacts facts) {
    this.libc = libc;
    this.proc = proc;
    this.facts = facts;
  }

  @Override
  public Opened open(ProcessId id) {
    int pidfd = libc.pidfdOpen(id.pid());
    if (pidfd < 0) {
      return switch (-pidfd) {
        case Errno.ESRCH, Errno.EINVAL -> new Opened.Gone(false);
        case Errno.ENOSYS ->
            new Opened.Refused(
                "this system has no pidfd_open (Linux 5.3 has); it can only be read");
        default -> new Opened.Refused("pidfd_open: " + Errno.describe(-pidfd));
      };
    }
    PidfdProcess process = new PidfdProcess(libc, proc, facts, id, pidfd);
    // Only now: the descriptor is bound to whoever has the pid, and this tells whether it is the
    // one.
    return switch (proc.stat(id.pid())) {
      case ProcRead.Found<StatFile>(StatFile stat) when stat.startTicks() == id.startTicks() ->
          new Opened.Here(process);
      case ProcRead.Found<StatFile> _ -> {
        process.close();
        yield new Opened.Gone(true);
      }
      case ProcRead.Gone<StatFile>() -> {
        process.close();
        yield new Opened.Gone(false);
      }
      case ProcRead.Failed<StatFile>(String reason) -> {
        process.close();
        yield new Opened.Refused(reason);
      }
    };
  }
}
