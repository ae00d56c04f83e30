package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * Finds out, as cheaply as can be, whether a worker needs the costly reading, counting what of it
 * is in swap. A worker that was swapped out has a small RSS and costs no less for it.
 *
 * <p>One for each reading of a pool: the machine's swap is looked at once, and a worker's own only
 * if all of the machine's used swap could bring that worker over.
 */
final class SwapBound implements Attention {
  private final ProcFs proc;
  private final MachineNow machine;
  private final LongPredicate needsDetail;
  private OptionalLong swapUsedBytes = OptionalLong.empty();

  SwapBound(ProcFs proc, LongPredicate needsDetail) {
    this(proc, new MachineNow(proc, 0), needsDetail);
  }

  SwapBound(ProcFs proc, MachineNow machine, LongPredicate needsDetail) {
    this.proc = proc;
    this.machine = machine;
    this.needsDetail = needsDetail;
  }

  @Override
  public boolean wantsDetail(ProcessId worker, long rssAtMostBytes) {
    return needsDetail(worker.pid(), rssAtMostBytes);
  }

  /** Whether this worker is to be read in detail; when in doubt, it is. */
  boolean needsDetail(int pid, long rssBytes) {
    if (needsDetail.test(rssBytes)) {
      return true;
    }
    if (!needsDetail.test(Long.MAX_VALUE)) {
      // The measure is in the cheap reading already, whatever its value.
      return false;
    }
    long used = swapUsed();
    if (used == 0 || !needsDetail.test(rssBytes + used)) {
      return false;
    }
    return switch (proc.status(pid)) {
      case ProcRead.Found<StatusFile>(StatusFile status) ->
          status.swappedBytes().isEmpty()
              || needsDetail.test(rssBytes + status.swappedBytes().getAsLong());
      case ProcRead.Gone<StatusFile> _, ProcRead.Failed<StatusFile> _ -> true;
    };
  }

  private long swapUsed() {
    if (swapUsedBytes.isEmpty()) {
      // Unknown: as much as could be, so that every worker's own figure is asked for.
      swapUsedBytes = OptionalLong.of(machine.swapUsedBytes().orElse(Long.MAX_VALUE / 2));
    }
    return swapUsedBytes.getAsLong();
  }
}
