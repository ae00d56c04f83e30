package io.kidreaper.cli;

import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Roles;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.server.Program;
import io.kidreaper.server.Recognition;
import io.kidreaper.server.Server;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * What a whole pool is. Its members mostly agree; where they do not (the manager of Apache also has
 * piped loggers), those that hold the pool's listening socket decide.
 */
final class PoolRecognition {
  /** Workers of one pool are alike, and helpers are started with them or before. */
  private static final int ENOUGH = 64;

  private PoolRecognition() {}

  /**
   * @param roles asked only where members disagree
   */
  static Recognition.Result of(
      Snapshot pool, IntFunction<Program> programs, Supplier<Roles> roles) {
    Program manager = programs.apply(pool.manager().pid());
    Function<ProcessId, Recognition.Result> recognise =
        id -> Recognition.recognise(manager, programs.apply(id.pid()));
    List<ProcessId> some = pool.members().stream().map(Member::id).limit(ENOUGH).toList();
    List<Recognition.Result> opinions = some.stream().map(recognise).distinct().toList();
    return switch (opinions.size()) {
      case 0 -> Recognition.recognise(manager, new Program("", List.of()));
      case 1 -> opinions.getFirst();
      default -> ofWorkers(some, roles.get(), recognise);
    };
  }

  private static Recognition.Result ofWorkers(
      List<ProcessId> some, Roles roles, Function<ProcessId, Recognition.Result> recognise) {
    Recognition.Result unknown = new Recognition.Result.Known(Server.UNKNOWN);
    return some.stream()
        .filter(roles.workers()::contains)
        .map(recognise)
        .filter(opinion -> !opinion.equals(unknown))
        .findFirst()
        .orElse(unknown);
  }
}
