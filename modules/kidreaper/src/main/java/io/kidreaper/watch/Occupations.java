package io.kidreaper.watch;

import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.RunTime;
import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Observer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What workers were at when they were last looked at. Who has not run since is at the same, and is
 * not looked at again: that question reads one file, a look its open files and the kernel's socket
 * tables. For one thread.
 */
final class Occupations {
  private final Observer observer;
  private final ProcFs proc;
  private final Map<ProcessId, Seen> seen = new HashMap<>();
  private long changes;

  /**
   * @param ran how long it had run before the look
   */
  private record Seen(Optional<RunTime.Ran> ran, Occupation at) {}

  Occupations(Observer observer, ProcFs proc) {
    this.observer = observer;
    this.proc = proc;
  }

  /** What it was at when it was last looked at. */
  Occupation of(ProcessId worker) {
    Seen last = seen.get(worker);
    return last == null ? Occupation.UNKNOWN : last.at();
  }

  /** Grows whenever somebody is found to be at something else. */
  long changes() {
    return changes;
  }

  /** Sees to it that what is known is so now. */
  void refresh(ProcessId worker) {
    Seen last = seen.get(worker);
    boolean still =
        last != null
            && last.ran().isPresent()
            && RunTime.isStill(proc, worker.pid(), last.ran().get());
    if (!still) {
      Optional<RunTime.Ran> ran = RunTime.of(proc, worker.pid());
      Occupation now = occupation(observer.look(worker));
      changes += last != null && last.at() == now ? 0 : 1;
      seen.put(worker, new Seen(ran, now));
    }
  }

  void keepOnly(Set<ProcessId> workers) {
    seen.keySet().retainAll(workers);
  }

  private static Occupation occupation(Activity activity) {
    return switch (activity) {
      case Activity.Idle() -> Occupation.IDLE;
      case Activity.Serving(int _) -> Occupation.BUSY;
      case Activity.Between(), Activity.Suspended(_), Activity.Unclear(_), Activity.Gone() ->
          Occupation.UNKNOWN;
    };
  }
}
