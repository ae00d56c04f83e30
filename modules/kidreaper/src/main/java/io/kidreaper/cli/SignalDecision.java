package io.kidreaper.cli;

import io.kidreaper.retire.At;
import io.kidreaper.retire.Signal;
import io.kidreaper.server.Recognition;
import io.kidreaper.server.Server;
import java.util.Optional;

/** Which signal a pool's workers get, or why they get none. */
sealed interface SignalDecision {
  record Use(Signal signal) implements SignalDecision {}

  /** It would cut requests, or nothing is safe there. */
  record Refuse(String reason) implements SignalDecision {}

  /** Decides from what the command line asks for and what the pool is. */
  static SignalDecision of(RetireRequest request, Recognition.Result pool) {
    return switch (pool) {
      case Recognition.Result.HandsOff(String name, String instead) ->
          request.force()
              ? new Use(named(request).orElse(Signal.TERM))
              : new Refuse(
                  "no signal retires one worker of "
                      + name
                      + " safely. "
                      + instead
                      + " (--force signals all the same)");
      case Recognition.Result.Known(Server server) -> {
        Signal signal = named(request).orElse(server.retires());
        boolean cuts = request.at().equals(Optional.of(At.ANY)) && server.cutAtAnyMomentBy(signal);
        yield cuts && !request.force()
            ? new Refuse(
                signal
                    + " at any moment cuts the requests of "
                    + server.label()
                    + "; leave out --at any"
                    + (signal == server.retires() ? "" : ", or use --signal " + server.retires())
                    + " (--force sends it all the same)")
            : new Use(signal);
      }
    };
  }

  private static Optional<Signal> named(RetireRequest request) {
    return switch (request.signal()) {
      case SignalChoice.Auto() -> Optional.empty();
      case SignalChoice.Named(Signal signal) -> Optional.of(signal);
    };
  }
}
