package io.kidreaper.linux;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * Reads a pool through {@code ps}, for systems without /proc: resident and virtual size only, since
 * {@code ps} knows nothing of private memory.
 *
 * <p>It starts a program for each reading, which is slow, and fails when memory has run out.
 */
public final class PsPool implements PoolReader {
  private final ProcessId manager;
  private final PsCommand ps;

  /**
   * @param manager whose children are the pool
   * @param ps where start times come from as well, so that they can be compared with the manager's
   */
  public PsPool(ProcessId manager, PsCommand ps) {
    this.manager = manager;
    this.ps = ps;
  }

  @Override
  public PoolReading read(LongPredicate needsDetail) {
    List<PsCommand.Row> rows;
    try {
      rows = ps.run();
    } catch (IOException e) {
      return new PoolReading.Unreadable(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    Optional<PsCommand.Row> managerRow =
        rows.stream().filter(row -> row.pid() == manager.pid()).findFirst();
    if (managerRow.isEmpty() || !ps.id(managerRow.get()).equals(Optional.of(manager))) {
      return new PoolReading.ManagerGone("process " + manager.pid() + " has ended");
    }
    List<Member> members = new ArrayList<>();
    for (PsCommand.Row row : rows) {
      // A virtual size of 0 is a process that has ended or a thread of the kernel.
      if (row.parentPid() == manager.pid()
          && row.vszBytes() > 0
          && row.pid() != ProcessHandle.current().pid()
          && row.pid() != ps.lastPid()) {
        ps.id(row).ifPresent(id -> members.add(new Member(id, sample(row, needsDetail))));
      }
    }
    return new PoolReading.Read(new Snapshot(manager, members));
  }

  private static Sample sample(PsCommand.Row row, LongPredicate needsDetail) {
    Detail detail =
        needsDetail.test(row.rssBytes())
            ? new Detail.Unreadable("ps does not know private memory")
            : new Detail.NotRead();
    return new Sample(row.vszBytes(), row.rssBytes(), detail);
  }

  @Override
  public void close() {}
}
