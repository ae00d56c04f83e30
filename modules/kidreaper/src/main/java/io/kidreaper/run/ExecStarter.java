package io.kidreaper.run;

import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.process.Spawned;
import io.kidreaper.linux.process.Spawner;
import io.kidreaper.manager.WorkerHost.Started;
import io.kidreaper.pool.ProcessId;
import java.util.List;
import java.util.function.IntFunction;

/** Starts every worker as a program of its own. */
public final class ExecStarter implements WorkerStarter {
  private final IntFunction<SpawnRequest> requestOfGeneration;

  public ExecStarter(IntFunction<SpawnRequest> requestOfGeneration) {
    this.requestOfGeneration = requestOfGeneration;
  }

  @Override
  public Started start(long serial, int generation, Nursery nursery) {
    return switch (Spawner.spawn(requestOfGeneration.apply(generation))) {
      case Spawned.WrongCommand(String reason) -> new Started.Failed(reason);
      case Spawned.OutOfResources(String reason) -> new Started.Failed(reason);
      case Spawned.Child child -> {
        nursery.born(serial, child, false);
        yield new Started.Up();
      }
    };
  }

  /** It is over when {@link #start} returns. */
  @Override
  public boolean cancel(long serial) {
    return false;
  }

  @Override
  public List<ProcessId> helpers() {
    return List.of();
  }

  @Override
  public void close() {}
}
