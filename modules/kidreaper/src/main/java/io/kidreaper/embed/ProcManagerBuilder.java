package io.kidreaper.embed;

import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link ProcManager}. Each has FCGI::ProcManager's default where it has one. */
public final class ProcManagerBuilder {
  private static final int MOST_PROCESSES = 10_000;

  private int processes = 1;
  private ListenAddress listen = ProcManagerSettings.DESCRIPTOR_0;
  private Duration dieTimeout = Duration.ofSeconds(60);
  private OptionalLong maxRequests = OptionalLong.empty();
  private @Nullable PoolName name;
  private @Nullable Path pidfile;
  private @Nullable Path stateFolder;
  private @Nullable ByteSize maxSize;

  ProcManagerBuilder() {}

  /** How many workers, 1 to 10,000; 1 unless set. FCGI::ProcManager's n_processes. */
  public ProcManagerBuilder nProcesses(int number) {
    if (number < 1 || number > MOST_PROCESSES) {
      throw new IllegalArgumentException(
          "nProcesses is " + number + ", not within 1 to " + MOST_PROCESSES);
    }
    processes = number;
    return this;
  }

  /** Where the manager writes its process id; nowhere unless set. pid_fname. */
  public ProcManagerBuilder pidFname(Path file) {
    pidfile = file.toAbsolutePath();
    return this;
  }

  /**
   * How long a stop waits for requests before it cuts them; 60 s unless set. die_timeout.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ProcManagerBuilder dieTimeout(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("dieTimeout is negative: " + time);
    }
    dieTimeout = time;
    return this;
  }

  /**
   * What one worker may cost, for example 150M: its private memory, which is what its end gives
   * back. One at or above it is replaced by a new one between two requests. No limit unless set.
   * FCGI::ProcManager::Constrained's PM_MAX_SIZE, which goes by VSZ.
   *
   * @throws IllegalArgumentException if it is no size, or none of at least a byte
   */
  public ProcManagerBuilder maxSize(String size) {
    ByteSize parsed = ByteSize.parse(size);
    if (parsed.bytes() < 1) {
      throw new IllegalArgumentException(
          "maxSize " + size + " would replace every worker for ever");
    }
    maxSize = parsed;
    return this;
  }

  /**
   * After how many requests a worker is replaced, 1 or more, each up to a tenth earlier so that
   * they do not go together. No limit unless set. FCGI::ProcManager::Constrained's PM_MAX_REQUESTS.
   */
  public ProcManagerBuilder maxRequests(long requests) {
    if (requests < 1) {
      throw new IllegalArgumentException("maxRequests is " + requests + ", not 1 or more");
    }
    maxRequests = OptionalLong.of(requests);
    return this;
  }

  /**
   * Where the manager listens: unix:/run/app.sock, 127.0.0.1:9000, or fd:N for a socket that was
   * left open for it. Descriptor 0 unless set, as with FCGI::ProcManager.
   *
   * @throws IllegalArgumentException if it is no address, with the reason
   */
  public ProcManagerBuilder listen(String address) {
    listen =
        switch (ListenAddress.parse(address)) {
          case ListenAddress.Parsed.Address(ListenAddress parsed) -> parsed;
          case ListenAddress.Parsed.Refused(String reason) ->
              throw new IllegalArgumentException(reason);
        };
    return this;
  }

  /**
   * What the pool is called in its log and by {@code kidreaper ctl --name}; after the main class or
   * jar unless set.
   *
   * @throws IllegalArgumentException if it is no name
   */
  public ProcManagerBuilder name(String text) {
    name = new PoolName(text);
    return this;
  }

  /**
   * Where the pool's state, lock and control socket are: {@code /run/kidreaper} for root, {@code
   * $XDG_RUNTIME_DIR/kidreaper} or {@code /tmp/kidreaper-UID} for others, unless set.
   */
  public ProcManagerBuilder stateFolder(Path folder) {
    stateFolder = folder.toAbsolutePath();
    return this;
  }

  /** The manager, which has started nothing yet. */
  public ProcManager build() {
    return new ProcManager(settings());
  }

  ProcManagerSettings settings() {
    PoolName pool =
        Optional.ofNullable(name)
            .orElseGet(
                () -> ProcManagerSettings.defaultName(System.getProperty("sun.java.command", "")));
    return new ProcManagerSettings(
        pool,
        processes,
        listen,
        Optional.ofNullable(pidfile),
        dieTimeout,
        Optional.ofNullable(maxSize),
        maxRequests,
        Optional.ofNullable(stateFolder));
  }
}
