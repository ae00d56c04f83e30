package io.kidreaper.run;

import io.kidreaper.control.PoolStatus;
import io.kidreaper.control.WorkerStatus;
import io.kidreaper.manager.Drain;
import io.kidreaper.manager.PoolState;
import io.kidreaper.manager.Seat;
import io.kidreaper.manager.Worker;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.watch.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Puts a pool's state and what was measured of it into words for people and programs. */
final class StatusReport {
  private StatusReport() {}

  static PoolStatus.State state(PoolState pool) {
    return switch (pool.phase()) {
      case STOPPING, FINISHED -> PoolStatus.State.STOPPING;
      case SERVING ->
          pool.provenGeneration() == 0
              ? PoolStatus.State.STARTING
              : pool.restarting() ? PoolStatus.State.RESTARTING : PoolStatus.State.SERVING;
    };
  }

  static int starting(PoolState pool) {
    return (int) pool.seats().stream().filter(Seat.Starting.class::isInstance).count();
  }

  /** Every worker that has a process, in the order of their starts. */
  static List<WorkerStatus> workers(PoolState pool, PoolService service) {
    List<WorkerStatus> workers = new ArrayList<>();
    for (Seat seat : pool.seats()) {
      switch (seat) {
        case Seat.Vacant _ -> {}
        case Seat.Starting(Worker worker, Optional<Seat.Condemned> condemned, boolean _) ->
            add(workers, worker, WorkerStatus.State.STARTING, reason(condemned), service);
        case Seat.Ready(Worker worker, Optional<Seat.Condemned> condemned) ->
            add(workers, worker, WorkerStatus.State.READY, reason(condemned), service);
      }
    }
    for (Drain drain : pool.draining()) {
      add(
          workers,
          drain.worker(),
          WorkerStatus.State.DRAINING,
          Optional.of(drain.reason()),
          service);
    }
    workers.sort((a, b) -> Long.compare(a.serial(), b.serial()));
    return workers;
  }

  private static void add(
      List<WorkerStatus> workers,
      Worker worker,
      WorkerStatus.State state,
      Optional<String> leaving,
      PoolService service) {
    ProcessId process = service.processes().get(worker.serial());
    if (process == null) {
      return; // not started yet, or gone already
    }
    Measured.Of of = service.measured().of(process);
    // What it accepted before it was taken over nobody knows.
    OptionalLong requests = service.countsWhole(process) ? of.requests() : OptionalLong.empty();
    workers.add(
        new WorkerStatus(
            process.pid(),
            process.startTicks(),
            worker.serial(),
            worker.generation(),
            state,
            of.ageMillis(),
            of.privateBytes(),
            of.pssBytes(),
            of.rssBytes(),
            requests,
            leaving));
  }

  private static Optional<String> reason(Optional<Seat.Condemned> condemned) {
    return condemned.map(Seat.Condemned::reason);
  }
}
