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
  private final ManagerFiles files;
  private final MemoryReader reader;
  private final int self = (int) ProcessHandle.current().pid();

  /** Those that are open, ascending by pid. */
  private final Map<Integer, Worker> workers = new TreeMap<>();

  /** The same, of the last reading. */
  private Worker[] known = {};

  private boolean firstRead = true;

  /**
   * @param manager whose children are the pool
   */
  public ProcPool(ProcFs proc, Libc libc, SystemFacts facts, ProcessId manager) {
    this.proc = proc;
    this.manager = manager;
    this.files = new ManagerFiles(proc, libc, manager);
    this.reader = new MemoryReader(proc, libc, facts);
  }

  @Override
  public PoolReading read(LongPredicate needsDetail) {
    return read(new SwapBound(proc, needsDetail));
  }

  @Override
  public PoolReading read(Attention attention) {
    ProcRead<StatFile> read = files.stat();
    if (!(read instanceof ProcRead.Found<StatFile>(StatFile stat))) {
      return read instanceof ProcRead.Failed<StatFile>(String reason)
          ? new PoolReading.Unreadable(reason)
          : managerGone();
    }
    boolean oneThread = stat.threads() == 1;
    List<Member> sameAgain = oneThread ? sameAgain(attention) : List.of();
    if (!sameAgain.isEmpty()) {
      return new PoolReading.Read(new Snapshot(manager, sameAgain));
    }
    return switch (files.children(oneThread)) {
      case ProcRead.Gone<Set<Integer>>() -> managerGone();
      case ProcRead.Failed<Set<Integer>>(String reason) -> new PoolReading.Unreadable(reason);
      case ProcRead.Found<Set<Integer>>(Set<Integer> pids) -> read(pids, attention);
    };
  }

  private PoolReading managerGone() {
    return new PoolReading.ManagerGone("process " + manager.pid() + " has ended");
  }

  /** Mostly nobody came and nobody went, and nothing need be looked up; empty otherwise. */
  private List<Member> sameAgain(Attention attention) {
    if (known.length == 0
        || !(files.children() instanceof ProcRead.Found<int[]>(int[] listed))
        || listed.length != known.length) {
      return List.of();
    }
    List<Member> members = new ArrayList<>(known.length);
    for (int i = 0; i < known.length; i++) {
      Worker worker = known[i];
      ProcRead<StatmFile> statm = worker.statm().read();
      if (listed[i] != worker.id().pid() || statm instanceof ProcRead.Gone) {
        return List.of();
      }
      members.add(new Member(worker.id(), reader.reading(worker, statm, attention)));
    }
    return members;
  }

  private PoolReading read(Set<Integer> listed, Attention attention) {
    Set<Integer> pids = new HashSet<>(listed);
    if (firstRead
        && files.children(false) instanceof ProcRead.Found<Set<Integer>>(var secondLook)) {
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
    known = workers.values().toArray(Worker[]::new);
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
    known = new Worker[0];
    files.close();
  }
}
