package io.kidreaper.linux;

import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.ProcessRef;
import io.kidreaper.retire.Signal;
import java.time.Duration;

/**
 * One process behind a pidfd. What is read of it by pid counts only if it is still there
 * afterwards.
 */
final class PidfdProcess implements ProcessRef {
  private final Libc libc;
  private final ProcFs proc;
  private final SystemFacts facts;
  private final ProcessId id;
  private final int pidfd;
  private boolean closed;

  PidfdProcess(Libc libc, ProcFs proc, SystemFacts facts, ProcessId id, int pidfd) {
    this.libc = libc;
    this.proc = proc;
    this.facts = facts;
    this.id = id;
    this.pidfd = pidfd;
  }

  @Override
  public ProcessId id() {
    return id;
  }

  @Override
  public int parentPid() {
    ProcRead<StatFile> stat = proc.stat(id.pid());
    return !ended(Duration.ZERO) && stat instanceof ProcRead.Found<StatFile>(StatFile found)
        ? found.parentPid()
        : 0;
  }

  @Override
  public Reading memory() {
    ProcRead<StatmFile> statm = proc.parseShort(id.pid() + "/statm", StatmFile::parse);
    ProcRead<Rollup> rollup = proc.smapsRollup(id.pid());
    if (ended(Duration.ZERO)) {
      return new Reading.Vanished();
    }
    return switch (statm) {
      case ProcRead.Gone<StatmFile>() -> new Reading.Vanished();
      case ProcRead.Failed<StatmFile>(String reason) -> new Reading.Unreadable(reason);
      case ProcRead.Found<StatmFile>(StatmFile pages) ->
          new Sample(
              pages.sizePages() * facts.pageBytes(),
              pages.residentPages() * facts.pageBytes(),
              Details.of(rollup));
    };
  }

  @Override
  public Sent send(Signal signal) {
    int result = libc.pidfdSendSignal(pidfd, signal.number());
    return switch (-result) {
      case 0 -> new Sent.Done();
      case Errno.ESRCH -> new Sent.Gone();
      case Errno.EPERM ->
          new Sent.Refused("not allowed to signal it; run as root or as the workers' own user");
      default -> new Sent.Refused("pidfd_send_signal: " + Errno.describe(-result));
    };
  }

  @Override
  public boolean ended(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      long left = Math.max(0, (deadline - System.nanoTime() + 999_999) / 1_000_000);
      int result = libc.pollReadable(pidfd, (int) Math.min(left, Integer.MAX_VALUE));
      if (result >= 0) {
        return result > 0;
      }
      if (result != -Errno.EINTR) {
        throw new IllegalStateException(
            "poll of the pidfd of process " + id.pid() + ": " + Errno.describe(-result));
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      libc.close(pidfd);
    }
  }
}
