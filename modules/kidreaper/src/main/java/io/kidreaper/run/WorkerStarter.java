package io.kidreaper.run;

import io.kidreaper.linux.process.Ended;
import io.kidreaper.linux.process.Spawned;
import io.kidreaper.manager.WorkerHost.Started;
import io.kidreaper.pool.ProcessId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** How a pool's new workers come into being. */
public interface WorkerStarter extends AutoCloseable {
  /** Where new workers go; it may be told from any thread and never blocks. */
  interface Nursery {
    /**
     * A worker is there. What is ours of it, its descriptors and its end, is the nursery's from
     * here on.
     *
     * @param ready whether it is known to wait for requests
     */
    void born(long serial, Spawned.Child child, boolean ready);

    /** The start that was begun came to nothing. */
    void failed(long serial, String reason);

    /**
     * Hears and buries a process that is no worker, such as a template.
     *
     * @param ended called once, unless the answer is empty
     * @return which process it is; empty if descriptors are short, and then it was killed
     */
    Optional<ProcessId> watch(Spawned.Child helper, Consumer<Ended> ended);

    /** A signal to a process that is watched, and to nobody else: 0 or the negated errno. */
    int signal(int pid, int signal);
  }

  /**
   * Begins to start a worker, on the pool's thread; takes the few milliseconds of a spawn at most.
   *
   * @param generation from 1; each is the command as it was when its restart was asked for
   * @return Failed, or Up; then {@code born} or {@code failed} follows, or has come already
   */
  Started start(long serial, int generation, Nursery nursery);

  /**
   * Gives up a start that was begun.
   *
   * @return true if the nursery will hear no more of it; false if it has heard already
   */
  boolean cancel(long serial);

  /** Processes that cost memory though they serve nobody: the templates. */
  List<ProcessId> helpers();

  /** Starts no more; helpers end, workers go on. */
  @Override
  void close();
}
