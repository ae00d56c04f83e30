package io.kidreaper.cli;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.process.Accounts;
import io.kidreaper.linux.process.RunAs;
import io.kidreaper.run.Spawning;
import io.kidreaper.run.WorkerCommand;
import io.kidreaper.run.WorkerCommand.OnDeath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** In which circumstances the workers of a managed pool run. */
final class WorkerFlags {
  @Option(
      names = "--user",
      paramLabel = "USER",
      description = "whose rights the workers have (needs root)")
  private @Nullable String user;

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "their group (default: the user's own)")
  private @Nullable String group;

  @Option(names = "--chdir", paramLabel = "DIR", description = "where they run")
  private @Nullable Path directory;

  @Option(
      names = "--env",
      paramLabel = "K=V",
      converter = Variable.class,
      description = "a variable of their environment; may be said several times")
  private List<Map.Entry<String, String>> environment = new ArrayList<>();

  @Option(
      names = "--umask",
      paramLabel = "MASK",
      converter = ListenFlags.Octal.class,
      description = "permissions that their new files lack, octal: 022")
  private @Nullable Integer umask;

  @Option(
      names = "--on-death",
      paramLabel = "serve|stop",
      defaultValue = "serve",
      description =
          "what becomes of them when kidreaper is killed: they serve on until the next run of the"
              + " same name takes them over, or get TERM (default: ${DEFAULT-VALUE})")
  private OnDeath onDeath = OnDeath.SERVE;

  @Option(
      names = "--spawn",
      paramLabel = "exec|fork|auto",
      defaultValue = "exec",
      description =
          "how workers come into being: each is started anew, or all are forked from one that was"
              + " started and waits for its first connection, which takes milliseconds and shares"
              + " memory; auto forks if the program can be forked (default: ${DEFAULT-VALUE})")
  private Spawning.Way spawn = Spawning.Way.EXEC;

  @Option(
      names = "--boot-patience",
      paramLabel = "TIME",
      defaultValue = "30s",
      description =
          "how long the program to fork from may take until it waits for its first connection"
              + " (default: ${DEFAULT-VALUE})")
  private Duration bootPatience = Duration.ofSeconds(30);

  WorkerCommand command(List<String> words) {
    return new WorkerCommand(
        words,
        variables(),
        Optional.ofNullable(directory).map(Path::toAbsolutePath),
        umask == null ? OptionalInt.empty() : OptionalInt.of(umask),
        runAs(),
        spawning(),
        onDeath);
  }

  private Spawning spawning() {
    if (!bootPatience.isPositive()) {
      throw new TypeConversionException("--boot-patience must be longer than that");
    }
    return new Spawning(spawn, bootPatience);
  }

  /** The last one holds where a name is said twice. */
  private Map<String, String> variables() {
    Map<String, String> result = new LinkedHashMap<>();
    environment.forEach(variable -> result.put(variable.getKey(), variable.getValue()));
    return result;
  }

  /** Reads a variable of the environment; its value may hold anything, even nothing. */
  static final class Variable implements ITypeConverter<Map.Entry<String, String>> {
    @Override
    public Map.Entry<String, String> convert(String word) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new TypeConversionException(
            "'" + word + "' is no variable; write NAME=VALUE, for example MODE=production");
      }
      return Map.entry(word.substring(0, equals), word.substring(equals + 1));
    }
  }

  private Optional<RunAs> runAs() {
    if (user == null) {
      if (group != null) {
        throw new TypeConversionException("--group needs --user");
      }
      return Optional.empty();
    }
    return switch (Accounts.find(user, Optional.ofNullable(group))) {
      case Accounts.Found.Account(RunAs account) -> {
        int self = new NativeLibc().effectiveUserId();
        if (self != 0 && self != account.userId()) {
          throw new TypeConversionException(
              "--user " + user + " needs root; without it workers run as kidreaper's own user");
        }
        yield Optional.of(account);
      }
      case Accounts.Found.Refused(String reason) -> throw new TypeConversionException(reason);
    };
  }
}
