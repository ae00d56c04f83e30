package io.kidreaper.linux;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.ProcessId;

/**
 * Reads one worker's memory after another: the cheap file of each, the costly file of those that
 * get {@link Attention}.
 *
 * <p>Each worker's {@code statm} stays open between two readings ({@link KeptStatm}), so a tick
 * costs one system call a worker.
 */
final class MemoryReader {
  private final ProcFs proc;
  private final Libc libc;
  private final SystemFacts facts;
  private final byte[] buffer = KeptStatm.newBuffer();

  MemoryReader(ProcFs proc, Libc libc, SystemFacts facts) {
    this.proc = proc;
    this.libc = libc;
    this.facts = facts;
  }

  /** A worker whose descriptor is open. */
  static final class Worker {
    private final ProcessId id;
    private final KeptStatm statm;
    private Sample last = new Sample(0, 0, new Detail.NotRead());

    Worker(ProcessId id, KeptStatm statm) {
      this.id = id;
      this.statm = statm;
    }

    ProcessId id() {
      return id;
    }

    KeptStatm statm() {
      return statm;
    }

    /** The same object again while it says the same, as it mostly does of those that rest. */
    private Sample cheap(long vszBytes, long rssBytes) {
      if (last.vszBytes() != vszBytes || last.rssBytes() != rssBytes) {
        last = new Sample(vszBytes, rssBytes, last.detail());
      }
      return last;
    }
  }

  /** What came of opening a worker. */
  sealed interface Opened {
    /**
     * @param stat as it was while the descriptor was open already
     */
    record Here(Worker worker, StatFile stat) implements Opened {}

    /** No process of this pid is left that could be anybody's worker. */
    record NoWorker() implements Opened {}

    /** It is there, and no descriptor could be had. */
    record NoDescriptor(ProcessId id, StatFile stat, String reason) implements Opened {}
  }

  Opened open(int pid) {
    // The descriptor first: if it still reads afterwards, the stat between was of the same process.
    int fd = libc.openForReading(proc.path(pid + "/statm"));
    if (!(proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat))
        || stat.ended()
        || stat.kernelThread()) {
      if (fd >= 0) {
        libc.close(fd);
      }
      return new Opened.NoWorker();
    }
    ProcessId id = new ProcessId(pid, stat.startTicks());
    if (fd < 0) {
      return fd == -Errno.ENOENT || fd == -Errno.ESRCH
          ? new Opened.NoWorker()
          : new Opened.NoDescriptor(id, stat, "open statm: " + Errno.describe(-fd));
    }
    return new Opened.Here(new Worker(id, new KeptStatm(libc, fd, buffer)), stat);
  }

  /**
   * @param statm what the worker's descriptor has just read
   */
  Reading reading(Worker worker, ProcRead<StatmFile> statm, Attention attention) {
    return switch (statm) {
      case ProcRead.Gone<StatmFile>() -> new Reading.Vanished();
      case ProcRead.Failed<StatmFile>(String reason) -> new Reading.Unreadable(reason);
      case ProcRead.Found<StatmFile>(StatmFile pages) -> {
        long rssBytes = pages.residentPages() * facts.pageBytes();
        if (!attention.wantsDetail(worker.id(), rssBytes + facts.rssErrorBytes())) {
          yield worker.cheap(pages.sizePages() * facts.pageBytes(), rssBytes);
        }
        yield withDetail(worker, pages);
      }
    };
  }

  private Reading withDetail(Worker worker, StatmFile pages) {
    ProcRead<Rollup> rollup = proc.smapsRollup(worker.id().pid());
    if (worker.statm().read() instanceof ProcRead.Gone) {
      // Whatever was read under this pid may have been another process's.
      return new Reading.Vanished();
    }
    return new Sample(
        pages.sizePages() * facts.pageBytes(),
        pages.residentPages() * facts.pageBytes(),
        Details.of(rollup));
  }
}
