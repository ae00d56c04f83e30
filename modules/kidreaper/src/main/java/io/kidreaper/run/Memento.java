package io.kidreaper.run;

import io.kidreaper.manager.PoolState;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.run.state.PoolName;
import io.kidreaper.run.state.SavedPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes, of a pool that runs, what the next kidreaper needs to know of it.
 *
 * @param listeners as they were opened
 */
record Memento(
    PoolName name,
    String bootId,
    ProcessId self,
    WorkerCommand command,
    int ourUserId,
    List<SavedPool.Listening> listeners) {

  /**
   * @param processes by serial
   * @param helpers processes that workers are forked from
   */
  SavedPool of(PoolState state, Map<Long, ProcessId> processes, List<ProcessId> helpers) {
    Map<Long, Integer> generations = new HashMap<>();
    state
        .seats()
        .forEach(
            seat -> seat.occupant().ifPresent(it -> generations.put(it.serial(), it.generation())));
    state
        .draining()
        .forEach(drain -> generations.put(drain.worker().serial(), drain.worker().generation()));
    List<SavedPool.Worker> workers = new ArrayList<>();
    processes.forEach((serial, process) ->
        workers.add(
            new SavedPool.Worker(
                process, serial, generations.getOrDefault(serial, state.newestGeneration()))));
    return new SavedPool(
        name,
        bootId,
        self,
        command.words(),
        command.runAs().map(account -> account.userId()).orElse(ourUserId),
        listeners,
        workers,
        helpers);
  }
}
