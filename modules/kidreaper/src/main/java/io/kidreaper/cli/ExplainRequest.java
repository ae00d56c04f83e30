package io.kidreaper.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What {@code kidreaper explain} was asked.
 *
 * @param watch how long it is watched, or followed at most; empty for one reading
 * @param requests how many requests are followed; empty for none
 * @param state where those that run have their control sockets; empty for the usual place
 * @param query whether query strings are shown
 */
record ExplainRequest(
    Target target,
    Optional<Duration> watch,
    OptionalInt requests,
    OptionalLong limitBytes,
    Optional<Path> state,
    boolean query,
    boolean json,
    Optional<Path> html) {

  /** Who is explained. */
  sealed interface Target {
    record Worker(int pid) implements Target {}

    record Pool(ManagerChoice manager) implements Target {}
  }
}
