package io.kidreaper.watch;

import io.kidreaper.linux.trace.WorkerCheck;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The workers of one attached pool that are to go, each of which is retired on a thread of its own.
 * For the watching thread, on which it is also told what came of them.
 */
final class Leavers {
  /** Hears what comes of it, on the watching thread. */
  interface Told {
    /**
     * A retirement is over.
     *
     * @param word the reason, for metrics
     */
    void came(Attachment there, ProcessId worker, String word, Outcome outcome);

    /** No worker of this pool may be signalled. */
    void refused(String reason);
  }

  private record Leaving(String reason, AtomicBoolean cancelled) {}

  private final RetireDesk desk;
  private final Consumer<Runnable> loop;
  private final Told told;
  private final Map<ProcessId, Leaving> leaving = new HashMap<>();
  private long changes;

  /**
   * @param loop has something run on the watching thread
   */
  Leavers(RetireDesk desk, Consumer<Runnable> loop, Told told) {
    this.desk = desk;
    this.loop = loop;
    this.told = told;
  }

  int count() {
    return leaving.size();
  }

  /** Grows whenever it is somebody else who is to go. */
  long changes() {
    return changes;
  }

  /** Why a worker is to go, if it is. */
  Optional<String> reason(ProcessId worker) {
    return Optional.ofNullable(leaving.get(worker)).map(Leaving::reason);
  }

  /** Whoever has no signal yet is let be. */
  void cancel() {
    leaving.values().forEach(it -> it.cancelled().set(true));
  }

  /** The same, and nobody is waited for any more. */
  void forget() {
    cancel();
    leaving.clear();
    changes++;
  }

  /** Its retirement is over. */
  void over(ProcessId worker) {
    leaving.remove(worker);
    changes++;
  }

  void begin(Attachment there, ProcessId worker, String word, String reason, Asking asking) {
    Leaving job = new Leaving(reason, new AtomicBoolean());
    if (leaving.isEmpty()) {
      there.succession().settle();
    }
    leaving.put(worker, job);
    changes++;
    desk.begin(
        asking.at(),
        new RetireDesk.Work() {
          @Override
          public RetireDesk.Plan plan(Kernel kernel) {
            return Leavers.this.plan(there, worker, asking, kernel);
          }

          @Override
          public boolean cancelled() {
            return job.cancelled().get();
          }

          @Override
          public void done(Outcome outcome) {
            loop.accept(() -> told.came(there, worker, word, outcome));
          }
        });
  }

  /** On the retiring thread: the last look before the signal. */
  private RetireDesk.Plan plan(Attachment there, ProcessId worker, Asking asking, Kernel kernel) {
    Snapshot snapshot =
        there.heirsNow() instanceof PoolReading.Read(Snapshot read)
            ? read
            : new Snapshot(there.manager(), List.of());
    WorkerCheck check = new WorkerCheck(kernel.proc());
    String other = check.others(snapshot).get(worker);
    if (other != null) {
      return new RetireDesk.Plan.LetBe(new Outcome.NotAWorker(other));
    }
    return switch (asking.rule(snapshot, kernel::program, () -> check.roles(snapshot))) {
      case Asking.Ruling.Refuse(String reason) -> {
        loop.accept(() -> told.refused(reason));
        yield new RetireDesk.Plan.LetBe(
            new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, reason));
      }
      case Asking.Ruling.Use(var signal, _) ->
          new RetireDesk.Plan.Ask(there, worker, asking.manner(signal));
    };
  }
}
