package io.kidreaper.watch;

import io.kidreaper.pool.Roles;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.At;
import io.kidreaper.retire.Manner;
import io.kidreaper.retire.Signal;
import io.kidreaper.server.Program;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** How a pool's workers are to be asked to leave. Two of them that ask alike are equal. */
public interface Asking {
  /** Whether and with which signal workers of a pool may be asked. */
  sealed interface Ruling {
    /**
     * @param server what it was recognised as
     */
    record Use(Signal signal, String server) implements Ruling {}

    /** Nobody of it may be signalled. */
    record Refuse(String reason) implements Ruling {}
  }

  /**
   * @param programs says what a process runs
   * @param roles asked only where members disagree on what they are
   */
  Ruling rule(Snapshot pool, IntFunction<Program> programs, Supplier<Roles> roles);

  Manner manner(Signal signal);

  /** The moment asked for; empty for the best that is permitted. */
  Optional<At> at();
}
