package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.ManagerWatch;
import io.kidreaper.retire.ProcessRef;
import io.kidreaper.retire.Processes;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Holds the manager by its pidfd, and reads its pidfile again where it was found by one.
 *
 * <p>The pidfd is opened at the first question, just before the first signal: most sweeps have
 * nobody to signal. It is no less safe then, since opening checks that the process is still the one
 * that was found.
 */
public final class PidfdManagerWatch implements ManagerWatch {
  private final Processes processes;
  private final ProcessId manager;
  private final Supplier<OptionalInt> namedNow;
  private Optional<Processes.Opened> held = Optional.empty();

  /**
   * @param namedNow the pid that the pidfile names now, empty where it cannot be read; without a
   *     pidfile, the manager's own
   */
  public PidfdManagerWatch(Processes processes, ProcessId manager, Supplier<OptionalInt> namedNow) {
    this.processes = processes;
    this.manager = manager;
    this.namedNow = namedNow;
  }

  @Override
  public ProcessId manager() {
    return manager;
  }

  @Override
  public Optional<String> lost() {
    if (held.isEmpty()) {
      held = Optional.of(processes.open(manager));
    }
    return switch (held.get()) {
      case Processes.Opened.Gone _ -> Optional.of(ended());
      case Processes.Opened.Refused(String reason) ->
          Optional.of("the manager, process " + manager.pid() + ", cannot be watched: " + reason);
      case Processes.Opened.Here(ProcessRef process) ->
          process.ended(Duration.ZERO) ? Optional.of(ended()) : renamed();
    };
  }

  private String ended() {
    return "the manager, process " + manager.pid() + ", has ended";
  }

  private Optional<String> renamed() {
    OptionalInt named = namedNow.get();
    // A pidfile that is away for a moment is being rewritten; another pid in it is another manager.
    return named.isPresent() && named.getAsInt() != manager.pid()
        ? Optional.of(
            "the pidfile now names process " + named.getAsInt() + " instead of " + manager.pid())
        : Optional.empty();
  }

  @Override
  public void close() {
    if (held.isPresent() && held.get() instanceof Processes.Opened.Here(ProcessRef process)) {
      process.close();
    }
  }
}
