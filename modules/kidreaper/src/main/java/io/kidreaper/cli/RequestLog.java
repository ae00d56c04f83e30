package io.kidreaper.cli;

import io.kidreaper.explain.RequestHead;
import io.kidreaper.explain.RouteName;
import io.kidreaper.explain.Visit;
import io.kidreaper.linux.WorkerLook;
import io.kidreaper.linux.WorkerLook.Result;
import io.kidreaper.linux.trace.VisitListener;
import io.kidreaper.memory.Rollup;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a followed worker's memory at each boundary, and keeps of each request what it added. */
final class RequestLog implements VisitListener {
  private static final RouteName SEVERAL = new RouteName("?", "(several connections at once)");

  private final ProcessId worker;
  private final WorkerLook look;
  private final Time time;
  private final int wanted;
  private final boolean query;
  private final List<Visit> visits = new ArrayList<>();
  private final List<Long> endsNanos = new ArrayList<>();
  private Optional<Rollup> last = Optional.empty();
  private long readingNanos;

  RequestLog(ProcessId worker, WorkerLook look, Time time, int wanted, boolean query) {
    this.worker = worker;
    this.look = look;
    this.time = time;
    this.wanted = wanted;
    this.query = query;
  }

  @Override
  public void begins() {
    last = read();
  }

  @Override
  public boolean visited(byte[] head, int length, int connections, long nanos) {
    long before = readingNanos;
    Optional<Rollup> now = read();
    if (last.isPresent() && now.isPresent()) {
      RouteName route =
          connections > 1
              ? SEVERAL
              : RequestHead.read(head, length)
                  .map(read -> RouteName.of(read, query))
                  .orElse(RouteName.UNREAD);
      visits.add(new Visit(route, last.get(), now.get(), nanos, readingNanos - before));
      endsNanos.add(time.nanos());
    }
    last = now;
    return now.isPresent() && visits.size() < wanted;
  }

  private Optional<Rollup> read() {
    if (look.sums(worker) instanceof Result.Seen<Rollup>(Rollup memory, long _, long nanos)) {
      readingNanos += nanos;
      return Optional.of(memory);
    }
    return Optional.empty();
  }

  List<Visit> visits() {
    return visits;
  }

  /** When each of them was over. */
  List<Long> endsNanos() {
    return endsNanos;
  }

  long readingNanos() {
    return readingNanos;
  }
}
