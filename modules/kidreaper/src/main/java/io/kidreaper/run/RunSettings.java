package io.kidreaper.run;

import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.retire.Signal;
import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What {@code kidreaper run} is asked to keep.
 *
 * @param name of the pool; marks its lines and its files
 * @param listen addresses; the first becomes the workers' descriptor 0. None is enough where a
 *     running pool is taken over
 * @param limits of workers and of the pool
 * @param every between two measurements
 * @param hardDeadline how long a worker over the hard limit may finish its request
 * @param stateFolder where the pool's state, lock and control socket are
 * @param takeOver whether a living kidreaper of the same name is to hand its pool over
 * @param workers how many are to be ready, at least 0
 * @param ready what makes a new worker count as ready
 * @param signal by which a worker is asked to leave
 * @param patience how long a worker may take to come to its boundary before it is left in peace
 * @param grace how long a worker may take to leave after its signal before it is killed there
 * @param stopTimeout how long a stop waits for requests before it cuts them
 */
public record RunSettings(
    PoolName name,
    List<ListenAddress> listen,
    ListenOptions listenOptions,
    int workers,
    WorkerCommand command,
    Readiness ready,
    Signal signal,
    Duration patience,
    Duration grace,
    Duration stopTimeout,
    PolicySettings limits,
    Duration every,
    Duration hardDeadline,
    Optional<Path> pidfile,
    Path stateFolder,
    boolean takeOver) {
  /** What makes a new worker count as ready. */
  public enum Readiness {
    /** It was seen waiting for a request, or at work on one. */
    BOUNDARY,
    /** It was started. */
    IMMEDIATELY
  }

  public RunSettings {
    listen = List.copyOf(listen);
  }
}
