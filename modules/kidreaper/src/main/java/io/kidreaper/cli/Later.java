package io.kidreaper.cli;

import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * What a command does once its command line has been read and forgotten. picocli's model of all
 * options is several megabytes, which a command that stays for months has no use for.
 */
final class Later {
  private Optional<IntSupplier> work = Optional.empty();

  /** To be done instead of what was said before. */
  void put(IntSupplier job) {
    work = Optional.of(job);
  }

  /** Does it, if there is something; else the status is the given one. */
  int run(int status) {
    return work.isPresent() ? work.get().getAsInt() : status;
  }
}
