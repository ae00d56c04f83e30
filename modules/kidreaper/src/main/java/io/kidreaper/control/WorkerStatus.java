package io.kidreaper.control;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One worker at one moment. What was not read or is not counted is empty.
 *
 * @param pid its process
 * @param startTicks when that started, in clock ticks since boot; with the pid it names one process
 *     for good
 * @param serial counts every start of the pool
 * @param generation of the command that it runs
 * @param ageMillis since its start
 * @param privateBytes what its exit gives back
 * @param pssBytes its share of the pool's memory
 * @param rssBytes what of it is in RAM, shared pages in full
 * @param requests connections that it has accepted
 * @param leaving why it is on its way out or is to go
 */
public record WorkerStatus(
    int pid,
    long startTicks,
    long serial,
    int generation,
    State state,
    OptionalLong ageMillis,
    OptionalLong privateBytes,
    OptionalLong pssBytes,
    OptionalLong rssBytes,
    OptionalLong requests,
    Optional<String> leaving) {
  /** What a worker is doing, as far as the pool knows. */
  public enum State {
    STARTING,
    READY,
    DRAINING;

    /** As it is written and printed: {@code ready}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
