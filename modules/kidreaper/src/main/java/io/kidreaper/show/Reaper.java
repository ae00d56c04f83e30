package io.kidreaper.show;

import io.kidreaper.control.PoolStatus;
import io.kidreaper.control.WorkerStatus;
import io.kidreaper.memory.ByteSize;
import java.util.HashSet;
import java.util.Set;

/**
 * What is compared with: signals a worker as soon as it is seen over the limit, whatever it is
 * doing.
 */
final class Reaper {
  private final Way way;
  private final ByteSize limit;
  private final Set<Long> signalled = new HashSet<>();

  Reaper(Way way, ByteSize limit) {
    this.way = way;
    this.limit = limit;
  }

  void look(PoolStatus pool) {
    for (WorkerStatus worker : pool.workers()) {
      if (worker.privateBytes().orElse(0) >= limit.bytes() && signalled.add(worker.serial())) {
        ProcessHandle.of(worker.pid()).ifPresent(this::signal);
      }
    }
  }

  private void signal(ProcessHandle worker) {
    switch (way) {
      case BOUNDARY -> throw new IllegalStateException("the pool itself sees to that");
      case SIGNAL -> worker.destroy();
      case KILL -> worker.destroyForcibly();
    }
  }

  long signalled() {
    return signalled.size();
  }
}
