package io.kidreaper.linux;

import io.kidreaper.memory.Reading;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The workers that somebody knows to be a pool, as kidreaper knows those that it started. */
public final class GivenMembers implements MemberSource {
  private final MemoryReader reader;
  private final ProcessId manager;
  private final Supplier<? extends Collection<ProcessId>> members;
  private final Map<ProcessId, MemoryReader.Worker> open = new HashMap<>();

  /**
   * @param manager whose snapshot it is
   * @param members asked at every reading, on the reading thread
   */
  public GivenMembers(
      ProcFs proc,
      Libc libc,
      SystemFacts facts,
      ProcessId manager,
      Supplier<? extends Collection<ProcessId>> members) {
    this.reader = new MemoryReader(proc, libc, facts);
    this.manager = manager;
    this.members = members;
  }

  /** Always {@link PoolReading.Read}; who has ended is a member that vanished. */
  @Override
  public PoolReading read(Attention attention) {
    Set<ProcessId> ids = new HashSet<>(members.get());
    open.entrySet()
        .removeIf(entry -> {
          boolean left = !ids.contains(entry.getKey());
          if (left) {
            entry.getValue().statm().close();
          }
          return left;
        });
    List<Member> read = new ArrayList<>(ids.size());
    for (ProcessId id : ids) {
      read.add(new Member(id, reading(id, attention)));
    }
    read.sort((a, b) -> Integer.compare(a.id().pid(), b.id().pid()));
    return new PoolReading.Read(new Snapshot(manager, read));
  }

  private Reading reading(ProcessId id, Attention attention) {
    MemoryReader.Worker known = open.get(id);
    if (known != null) {
      return reader.reading(known, known.statm().read(), attention);
    }
    return switch (reader.open(id.pid())) {
      case MemoryReader.Opened.NoWorker() -> new Reading.Vanished();
      case MemoryReader.Opened.NoDescriptor(ProcessId found, _, String reason) ->
          found.equals(id) ? new Reading.Unreadable(reason) : new Reading.Vanished();
      case MemoryReader.Opened.Here(MemoryReader.Worker worker, _) -> {
        if (!worker.id().equals(id)) {
          worker.statm().close();
          yield new Reading.Vanished();
        }
        open.put(id, worker);
        yield reader.reading(worker, worker.statm().read(), attention);
      }
    };
  }

  @Override
  public void close() {
    open.values().forEach(worker -> worker.statm().close());
    open.clear();
  }
}
