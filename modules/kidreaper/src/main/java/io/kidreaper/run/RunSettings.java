package io.kidreaper.run;

import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.retire.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What {@code kidreaper run} is asked to keep.
 *
 * @param name of the pool; marks its lines and its files
 * @param listen addresses, at least one; the first becomes the workers' descriptor 0
 * @param workers how many are to be ready, at least 0
 * @param ready what makes a new worker count as ready
 * @param signal by which a worker is asked to leave
 * @param patience how long a worker may take to come to its boundary before it is left in peace
 * @param grace how long a worker may take to leave after its signal before it is killed there
 * @param stopTimeout how long a stop waits for requests before it cuts them
 */
public record RunSettings(
    String name,
    List<ListenAddress> listen,
    ListenOptions listenOptions,
    int workers,
    WorkerCommand command,
    Readiness ready,
    Signal signal,
    Duration patience,
    Duration grace,
    Duration stopTimeout,
    Optional<Path> pidfile) {
  /** What makes a new worker count as ready. */
  public enum Readiness {
    /** It was seen waiting for a request, or at work on one. */
    BOUNDARY,
    /** It was started. */
    IMMEDIATELY
  }

  public RunSettings {
    listen = List.copyOf(listen);
    if (listen.isEmpty()) {
      throw new IllegalArgumentException("no address to listen on");
    }
  }
}
