package io.kidreaper.run;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.run.state.Adoption;
import io.kidreaper.run.state.PoolLock;
import io.kidreaper.run.state.StateFolder;
import io.kidreaper.run.state.Takeover;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a managed pool stands on: the right to its name, its sockets, and the workers of a former
 * kidreaper that are there already.
 *
 * @param adopted workers to go on with; none for a pool that begins anew
 * @param adoptedCommand what they run
 */
record Ground(
    StateFolder folder,
    PoolLock lock,
    Sockets sockets,
    Optional<OwnPidfile> pidfile,
    List<Adoption.Worker> adopted,
    List<String> adoptedCommand) {
  /** A request may have to end before the old kidreaper lets go. */
  private static final Duration TAKEOVER_PATIENCE = Duration.ofSeconds(60);

  /** What came of preparing it. */
  sealed interface Prepared {
    /**
     * @param remarks sentences for the log
     */
    record Ready(Ground ground, List<String> remarks) implements Prepared {}

    record Refused(String reason) implements Prepared {}
  }

  /** Prepares all of it, or nothing: refused, it leaves nothing behind. */
  static Prepared prepare(RunSettings settings, Libc libc, ProcFs proc) {
    return switch (StateFolder.make(settings.stateFolder(), libc.effectiveUserId())) {
      case StateFolder.Opened.Refused(String reason) -> new Prepared.Refused(reason);
      case StateFolder.Opened.Missing missing ->
          new Prepared.Refused("the state folder " + missing.path() + " is not there");
      case StateFolder.Opened.Open(StateFolder folder) ->
          settings.takeOver()
              ? takeOver(settings, folder, libc, proc)
              : lock(settings, folder, libc, proc);
    };
  }

  private static Prepared lock(RunSettings settings, StateFolder folder, Libc libc, ProcFs proc) {
    return switch (PoolLock.take(folder, settings.name())) {
      case PoolLock.Taken.Refused(String reason) -> new Prepared.Refused(reason);
      case PoolLock.Taken.Held(OptionalInt pid) ->
          new Prepared.Refused(
              "pool %s is kept by another kidreaper already%s; see 'kidreaper ctl --name %s status', choose another --name, or take it over with --takeover"
                  .formatted(
                      settings.name(),
                      pid.isPresent() ? " (process " + pid.getAsInt() + ")" : "",
                      settings.name()));
      case PoolLock.Taken.Ours(PoolLock lock) -> adopt(settings, folder, lock, libc, proc);
    };
  }

  private static Prepared takeOver(
      RunSettings settings, StateFolder folder, Libc libc, ProcFs proc) {
    return switch (Takeover.take(folder, settings.name(), TAKEOVER_PATIENCE)) {
      case Takeover.Result.Refused(String reason) -> new Prepared.Refused(reason);
      case Takeover.Result.Taken(PoolLock lock, boolean _) ->
          adopt(settings, folder, lock, libc, proc);
    };
  }

  private static Prepared adopt(
      RunSettings settings, StateFolder folder, PoolLock lock, Libc libc, ProcFs proc) {
    Prepared prepared =
        switch (new Adoption(libc, proc, folder).adopt(settings.name())) {
          case Adoption.Result.Refused(String reason) -> new Prepared.Refused(reason);
          case Adoption.Result.Adopted adopted -> {
            Sockets sockets = new Sockets(adopted.listeners());
            yield withPidfile(
                settings,
                new Ground(
                    folder,
                    lock,
                    sockets,
                    Optional.empty(),
                    adopted.workers(),
                    adopted.from().command()),
                "goes on with %d workers and the socket of the kidreaper before it%s"
                    .formatted(
                        adopted.workers().size(),
                        listensElsewhere(settings, sockets)
                            ? "; what --listen says now holds after a stop"
                            : ""));
          }
          case Adoption.Result.Nothing(String why) ->
              switch (Sockets.open(settings.listen(), settings.listenOptions())) {
                case Sockets.Result.Refused(String reason) -> new Prepared.Refused(reason);
                case Sockets.Result.Open(Sockets sockets) ->
                    withPidfile(
                        settings,
                        new Ground(folder, lock, sockets, Optional.empty(), List.of(), List.of()),
                        "begins anew: " + why);
              };
        };
    if (prepared instanceof Prepared.Refused) {
      lock.close();
    }
    return prepared;
  }

  /** As far as that can be told: an inherited socket and a name are not what they become. */
  private static boolean listensElsewhere(RunSettings settings, Sockets sockets) {
    return settings.listen().stream()
        .filter(asked ->
            asked instanceof ListenAddress.UnixPath || asked instanceof ListenAddress.UnixAbstract)
        .anyMatch(asked -> !sockets.addresses().contains(asked));
  }

  private static Prepared withPidfile(RunSettings settings, Ground ground, String remark) {
    if (settings.pidfile().isEmpty()) {
      return new Prepared.Ready(ground, List.of(remark));
    }
    return switch (OwnPidfile.write(settings.pidfile().get())) {
      case OwnPidfile.Written.Done(OwnPidfile file) ->
          new Prepared.Ready(ground.with(file), List.of(remark));
      case OwnPidfile.Written.Failed(String reason) -> {
        ground.letGo();
        yield new Prepared.Refused(reason);
      }
    };
  }

  private Ground with(OwnPidfile file) {
    return new Ground(folder, lock, sockets, Optional.of(file), adopted, adoptedCommand);
  }

  /** Gives up what nobody has used yet; adopted workers serve on. */
  private void letGo() {
    if (adopted.isEmpty()) {
      sockets.removeFiles();
    }
    sockets.close();
  }
}
