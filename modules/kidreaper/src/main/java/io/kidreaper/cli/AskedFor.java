package io.kidreaper.cli;

import io.kidreaper.pool.Roles;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.At;
import io.kidreaper.retire.Manner;
import io.kidreaper.retire.Signal;
import io.kidreaper.server.Program;
import io.kidreaper.server.Recognition;
import io.kidreaper.watch.Asking;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** What a command line or a configuration asks for, as a watch wants to know it. */
record AskedFor(RetireRequest request) implements Asking {
  @Override
  public Ruling rule(Snapshot pool, IntFunction<Program> programs, Supplier<Roles> roles) {
    Recognition.Result server = PoolRecognition.of(pool, programs, roles);
    return switch (SignalDecision.of(request, server)) {
      case SignalDecision.Refuse(String reason) -> new Ruling.Refuse(reason);
      case SignalDecision.Use(Signal signal) -> new Ruling.Use(signal, label(server));
    };
  }

  private static String label(Recognition.Result server) {
    return switch (server) {
      case Recognition.Result.Known(var known) -> known.label();
      case Recognition.Result.HandsOff(String name, String _) -> name;
    };
  }

  @Override
  public Manner manner(Signal signal) {
    return request.manner(signal);
  }

  @Override
  public Optional<At> at() {
    return request.at();
  }
}
