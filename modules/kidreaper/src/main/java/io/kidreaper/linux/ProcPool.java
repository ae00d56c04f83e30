package io.kidreaper.linux;

import io.kidreaper.linux.MemoryReader.Worker;
import io.kidreaper.memory.Reading;
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

/** Reads a pool from /proc: all children of the manager. */
public final class ProcPool implements PoolReader, MemberSource {
  private final ProcFs proc;
  private final ProcessId manager;
  private final Children children;
  private final MemoryReader reader;
  private final int self = (int) ProcessHandle.current().pid();
  private final Map<Integer, Worker> workers = new TreeMap<>();
  private boolean firstRead = true;

  /**
   * @param manager whose children are the pool
   */
  public ProcPool(ProcFs proc, Libc libc, SystemFacts facts, ProcessId manager) {
    this.proc = proc;
    this.manager = manager;
    this.children = new Children(proc);
    this.reader = new MemoryReader(proc, libc, facts);
  }

  @Override
  public PoolReading read(LongPredicate needsDetail) {
    return read(new SwapBound(proc, needsDetail));
  }

  @Override
  public PoolReading read(Attention attention) {
    if (!(proc.stat(manager.pid()) instanceof ProcRead.Found<StatFile>(StatFile stat))
        || stat.ended()
        || stat.startTicks() != manager.startTicks()) {
      return new PoolReading.ManagerGone("process " + manager.pid() + " has ended");
    }
    return switch (children.of(manager.pid(), stat.threads() == 1)) {
      case ProcRead.Gone<Set<Integer>>() ->
          new PoolReading.ManagerGone("process " + manager.pid() + " has ended");
      case ProcRead.Failed<Set<Integer>>(String reason) -> new PoolReading.Unreadable(reason);
      case ProcRead.Found<Set<Integer>>(Set<Integer> pids) -> read(pids, attention);
    };
  }

  private PoolReading read(Set<Integer> listed, Attention attention) {
    Set<Integer> pids = new HashSet<>(listed);
    if (firstRead
        && children.of(manager.pid()) instanceof ProcRead.Found<Set<Integer>>(var secondLook)) {
      // One look may miss a child; later readings ask those they know themselves.
      pids.addAll(secondLook);
      firstRead = false;
    }
    pids.addAll(workers.keySet());
    List<Member> members = new ArrayList<>(pids.size());
    for (int pid : pids) {
      if (pid != self) {
        readOne(pid, listed.contains(pid), attention, members);
      }
    }
    // Not by Comparator.comparingInt: its kind of lambda cannot be in the start-up cache.
    members.sort((a, b) -> Integer.compare(a.id().pid(), b.id().pid()));
    return new PoolReading.Read(new Snapshot(manager, members));
  }

  private void readOne(int pid, boolean listed, Attention attention, List<Member> members) {
    Worker worker = workers.get(pid);
    if (worker != null) {
      ProcRead<StatmFile> statm = worker.statm().read();
      boolean stays = listed || parentIsManager(worker.id());
      if (stays && !(statm instanceof ProcRead.Gone)) {
        members.add(new Member(worker.id(), reader.reading(worker, statm, attention)));
        return;
      }
      workers.remove(pid);
      worker.statm().close();
      if (!listed) {
        return;
      }
    }
    // New, or the old one has ended and its pid is a sibling's already.
    switch (reader.open(pid)) {
      case MemoryReader.Opened.NoWorker() -> {}
      case MemoryReader.Opened.NoDescriptor(ProcessId id, StatFile stat, String reason) -> {
        if (stat.parentPid() == manager.pid()) {
          members.add(new Member(id, new Reading.Unreadable(reason)));
        }
      }
      case MemoryReader.Opened.Here(Worker here, StatFile stat) -> {
        if (stat.parentPid() != manager.pid()) {
          here.statm().close();
          return;
        }
        workers.put(pid, here);
        members.add(new Member(here.id(), reader.reading(here, here.statm().read(), attention)));
      }
    }
  }

  private boolean parentIsManager(ProcessId id) {
    return proc.stat(id.pid()) instanceof ProcRead.Found<StatFile>(StatFile stat)
        && stat.startTicks() == id.startTicks()
        && stat.parentPid() == manager.pid();
  }

  @Override
  public void close() {
    workers.values().forEach(worker -> worker.statm().close());
    workers.clear();
  }
}
