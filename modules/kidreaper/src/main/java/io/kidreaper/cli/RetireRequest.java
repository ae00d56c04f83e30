package io.kidreaper.cli;

import io.kidreaper.retire.At;
import io.kidreaper.retire.Escalation;
import io.kidreaper.retire.Manner;
import io.kidreaper.retire.Signal;
import java.time.Duration;
import java.util.Optional;

/**
 * How workers are to be asked to go, as far as the command line says.
 *
 * @param at empty for the best that this system permits
 * @param force whether even a signal that is known to cut requests is sent
 */
record RetireRequest(
    SignalChoice signal,
    Optional<At> at,
    Duration patience,
    Duration grace,
    Escalation escalation,
    boolean force) {

  /** The same for the retiring side, with the signal that was decided on. */
  Manner manner(Signal decided) {
    return new Manner(decided, patience, grace, escalation, at.equals(Optional.of(At.ANY)));
  }
}
