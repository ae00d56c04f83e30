package io.kidreaper.linux;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * Reads a pool from /proc: all children of the manager, the cheap file of each, the costly file of
 * those it is asked for.
 *
 * <p>Each worker's {@code statm} stays open between two readings ({@link KeptStatm}), so a tick
 * costs one system call a worker.
 */
public final class ProcPool implements PoolReader {
  private final ProcFs proc;
  private final Libc libc;
  private final ProcessId manager;
  private final Children children;
  private final SystemFacts facts;
  private final int self = (int) ProcessHandle.current().pid();
  private final byte[] buffer = KeptStatm.newBuffer();
  private final Map<Integer, Worker> workers = new TreeMap<>();
  private boolean firstRead = true;

  private record Worker(ProcessId id, KeptStatm statm) {}

  /**
   * @param manager whose children are the pool
   */
  public ProcPool(ProcFs proc, Libc libc, SystemFacts facts, ProcessId manager) {
    this.proc = proc;
    this.libc = libc;
    this.manager = manager;
    this.children = new Children(proc);
    this.facts = facts;
  }

  @Override
  public PoolReading read(LongPredicate needsDetail) {
    if (!managerIsThere()) {
      return new PoolReading.ManagerGone("process " + manager.pid() + " has ended");
    }
    return switch (children.of(manager.pid())) {
      case ProcRead.Gone<Set<Integer>>() ->
          new PoolReading.ManagerGone("process " + manager.pid() + " has ended");
      case ProcRead.Failed<Set<Integer>>(String reason) -> new PoolReading.Unreadable(reason);
      case ProcRead.Found<Set<Integer>>(Set<Integer> pids) -> read(pids, needsDetail);
    };
  }

  private boolean managerIsThere() {
    return proc.stat(manager.pid()) instanceof ProcRead.Found<StatFile>(StatFile stat)
        && !stat.ended()
        && stat.startTicks() == manager.startTicks();
  }

  private PoolReading read(Set<Integer> listed, LongPredicate needsDetail) {
    Set<Integer> pids = new HashSet<>(listed);
    if (firstRead
        && children.of(manager.pid()) instanceof ProcRead.Found<Set<Integer>>(var secondLook)) {
      // One look may miss a child; later readings ask those they know themselves.
      pids.addAll(secondLook);
      firstRead = false;
    }
    pids.addAll(workers.keySet());
    SwapBound bound = new SwapBound(proc, needsDetail);
    List<Member> members = new ArrayList<>(pids.size());
    for (int pid : pids) {
      if (pid != self) {
        readOne(pid, listed.contains(pid), bound, members);
      }
    }
    // Not by Comparator.comparingInt: its kind of lambda cannot be in the start-up cache.
    members.sort((a, b) -> Integer.compare(a.id().pid(), b.id().pid()));
    return new PoolReading.Read(new Snapshot(manager, members));
  }

  private void readOne(int pid, boolean listed, SwapBound bound, List<Member> members) {
    Worker worker = workers.get(pid);
    if (worker != null) {
      ProcRead<StatmFile> statm = worker.statm().read();
      boolean stays = listed || parentIsManager(worker.id());
      if (stays && !(statm instanceof ProcRead.Gone)) {
        members.add(new Member(worker.id(), reading(worker, statm, bound)));
        return;
      }
      workers.remove(pid);
      worker.statm().close();
      if (!listed) {
        return;
      }
    }
    // New, or the old one has ended and its pid is a sibling's already.
    switch (open(pid)) {
      case Opened.NoMember() -> {}
      case Opened.NoDescriptor(ProcessId id, String reason) ->
          members.add(new Member(id, new Reading.Unreadable(reason)));
      case Opened.Here(Worker here) -> {
        workers.put(pid, here);
        members.add(new Member(here.id(), reading(here, here.statm().read(), bound)));
      }
    }
  }

  private sealed interface Opened {
    record Here(Worker worker) implements Opened {}

    record NoMember() implements Opened {}

    record NoDescriptor(ProcessId id, String reason) implements Opened {}
  }

  private Opened open(int pid) {
    // The descriptor first: if it still reads afterwards, the stat between was of the same process.
    int fd = libc.openForReading(proc.path(pid + "/statm"));
    if (!(proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat))
        || stat.ended()
        || stat.kernelThread()
        || stat.parentPid() != manager.pid()) {
      if (fd >= 0) {
        libc.close(fd);
      }
      return new Opened.NoMember();
    }
    ProcessId id = new ProcessId(pid, stat.startTicks());
    if (fd < 0) {
      return fd == -Errno.ENOENT || fd == -Errno.ESRCH
          ? new Opened.NoMember()
          : new Opened.NoDescriptor(id, "open statm: " + Errno.describe(-fd));
    }
    return new Opened.Here(new Worker(id, new KeptStatm(libc, fd, buffer)));
  }

  private boolean parentIsManager(ProcessId id) {
    return proc.stat(id.pid()) instanceof ProcRead.Found<StatFile>(StatFile stat)
        && stat.startTicks() == id.startTicks()
        && stat.parentPid() == manager.pid();
  }

  private Reading reading(Worker worker, ProcRead<StatmFile> statm, SwapBound bound) {
    return switch (statm) {
      case ProcRead.Gone<StatmFile>() -> new Reading.Vanished();
      case ProcRead.Failed<StatmFile>(String reason) -> new Reading.Unreadable(reason);
      case ProcRead.Found<StatmFile>(StatmFile pages) -> {
        long rssBytes = pages.residentPages() * facts.pageBytes();
        if (!bound.needsDetail(worker.id().pid(), rssBytes + facts.rssErrorBytes())) {
          yield new Sample(pages.sizePages() * facts.pageBytes(), rssBytes, new Detail.NotRead());
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

  @Override
  public void close() {
    workers.values().forEach(worker -> worker.statm().close());
    workers.clear();
  }
}
