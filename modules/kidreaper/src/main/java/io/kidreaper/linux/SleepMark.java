package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import java.util.Optional;
import java.util.function.Function;

/** What anybody may see of a process that sleeps; the same mark again says that it has not run. */
public final class SleepMark implements Function<ProcessId, Optional<String>> {
  private final ProcFs proc;

  public SleepMark(ProcFs proc) {
    this.proc = proc;
  }

  /** Empty while it runs, and when it is gone. */
  @Override
  public Optional<String> apply(ProcessId process) {
    if (!(proc.stat(process.pid()) instanceof ProcRead.Found<StatFile>(StatFile stat))
        || stat.startTicks() != process.startTicks()
        || stat.state() != 'S') {
      return Optional.empty();
    }
    // Its first number is the time on a CPU in ns: proc_pid_schedstat(5). Not all kernels have it;
    // without it, asleep at every look has to do.
    return switch (proc.bytes(process.pid() + "/schedstat")) {
      case ProcRead.Found<byte[]>(byte[] text) -> Optional.of(ProcFs.text(text));
      case ProcRead.Gone<byte[]>(), ProcRead.Failed<byte[]>(String _) -> Optional.of("asleep");
    };
  }
}
