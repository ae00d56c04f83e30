package io.kidreaper.linux;

import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.ManagerWatch;
import io.kidreaper.retire.ProcessRef;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Holds the manager by its pidfd, and reads its pidfile again where it was found by one. */
public final class PidfdManagerWatch implements ManagerWatch {
  private final ProcessRef manager;
  private final Supplier<OptionalInt> namedNow;

  /**
   * @param manager closed with this watch
   * @param namedNow the pid that the pidfile names now, empty where it cannot be read; without a
   *     pidfile, the manager's own
   */
  public PidfdManagerWatch(ProcessRef manager, Supplier<OptionalInt> namedNow) {
    this.manager = manager;
    this.namedNow = namedNow;
  }

  @Override
  public ProcessId manager() {
    return manager.id();
  }

  @Override
  public Optional<String> lost() {
    if (manager.ended(Duration.ZERO)) {
      return Optional.of("the manager, process " + manager.id().pid() + ", has ended");
    }
    OptionalInt named = namedNow.get();
    // A pidfile that is away for a moment is being rewritten; another pid in it is another manager.
    if (named.isPresent() && named.getAsInt() != manager.id().pid()) {
      return Optional.of(
          "the pidfile now names process "
              + named.getAsInt()
              + " instead of "
              + manager.id().pid());
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    manager.close();
  }
}
