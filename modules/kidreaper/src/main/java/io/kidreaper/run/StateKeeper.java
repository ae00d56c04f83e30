package io.kidreaper.run;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.manager.PoolState;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.run.state.Adoption;
import io.kidreaper.run.state.SavedPool;
import io.kidreaper.run.state.StateWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps on disk what the next kidreaper needs to go on with the pool. Never blocks the pool. */
final class StateKeeper {
  private static final Duration HAND_OVER = Duration.ofSeconds(5);

  private final StateWriter writer;
  private final Optional<Memento> memento;
  private Optional<SavedPool> last = Optional.empty();

  StateKeeper(RunSettings settings, Ground ground, Libc libc, Consumer<String> log) {
    this.writer = new StateWriter(ground.folder(), settings.name(), log);
    this.memento = memento(settings, ground, libc, log);
  }

  private static Optional<Memento> memento(
      RunSettings settings, Ground ground, Libc libc, Consumer<String> log) {
    try {
      return Optional.of(
          new Memento(
              settings.name(),
              Adoption.bootId(),
              self(new ProcFs(libc, Path.of("/proc"))),
              settings.command(),
              libc.effectiveUserId(),
              ground.sockets().saved()));
    } catch (IOException e) {
      log.accept(
          "the pool's state is not kept, so that no later kidreaper can go on with it: " + e);
      return Optional.empty();
    }
  }

  static ProcessId self(ProcFs proc) {
    int pid = (int) ProcessHandle.current().pid();
    if (proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)) {
      return new ProcessId(pid, stat.startTicks());
    }
    throw new IllegalStateException("/proc says nothing about kidreaper itself");
  }

  /** After each step of the pool; writes only what is new. */
  synchronized void save(PoolState state, LinuxWorkers workers) {
    memento
        .map(it -> it.of(state, workers.processes(), workers.helpers()))
        .filter(now -> !last.equals(Optional.of(now)))
        .ifPresent(now -> {
          last = Optional.of(now);
          writer.save(now);
        });
  }

  /**
   * Waits until all that is known is written, for whoever goes on from it.
   *
   * @return false if it could not be written
   */
  boolean saveNow(PoolState state, LinuxWorkers workers) throws InterruptedException {
    save(state, workers);
    return memento.isPresent() && writer.awaitWritten(HAND_OVER);
  }

  /**
   * @param finished whether the pool has ended, so that there is nothing to go on with
   */
  void close(boolean finished) {
    if (finished) {
      writer.remove();
    } else {
      writer.close();
    }
  }
}
