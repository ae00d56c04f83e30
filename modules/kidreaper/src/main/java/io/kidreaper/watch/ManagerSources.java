package io.kidreaper.watch;

import io.kidreaper.linux.ManagerCheck;
import io.kidreaper.linux.Pidfile;
import io.kidreaper.pool.ProcessId;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** The ways of finding a manager. */
final class ManagerSources {
  private static final ThreadLocal<Kernel> KERNEL = ThreadLocal.withInitial(Kernel::open);

  private ManagerSources() {}

  static ManagerSource of(Whereabouts where, Kernel kernel) {
    return switch (where) {
      case Whereabouts.ByPid(int pid) -> new ByPid(kernel, pid);
      case Whereabouts.ByPidfile(Path file) -> byPidfile(kernel, file);
      case Whereabouts.ByUnit(String name) -> new ByGroup(kernel, new CgroupMembers(name));
      case Whereabouts.ByCgroup(Path folder) -> new ByGroup(kernel, new CgroupMembers(folder));
      case Whereabouts.ByMatch(String regex) ->
          new ByGroup(kernel, new MatchingMembers(kernel.proc(), regex));
      case Whereabouts.Started started -> new StartedManager(kernel, started.command());
    };
  }

  /** A process that may be a manager, or why not. */
  static ManagerSource.Found checked(Kernel kernel, int pid) {
    return switch (new ManagerCheck(kernel.proc()).check(pid)) {
      case ManagerCheck.Result.Refused(String reason) ->
          new ManagerSource.Found.Away(reason, false);
      case ManagerCheck.Result.Accepted(ProcessId manager, String command) ->
          new ManagerSource.Found.Here(manager, command, () -> OptionalInt.of(pid));
    };
  }

  private static ManagerSource byPidfile(Kernel kernel, Path file) {
    Pidfile pidfile = new Pidfile(kernel.libc(), kernel.proc(), file);
    return _ ->
        switch (pidfile.read()) {
          case Pidfile.Result.Refused(String reason) -> new ManagerSource.Found.Away(reason, false);
          case Pidfile.Result.Names(int pid) ->
              switch (checked(kernel, pid)) {
                case ManagerSource.Found.Away away -> away;
                case ManagerSource.Found.Here(ProcessId manager, String command, _) ->
                    new ManagerSource.Found.Here(manager, command, () -> pidNow(file));
              };
        };
  }

  /** Asked by the watching thread at each look, and by those that retire. */
  private static OptionalInt pidNow(Path file) {
    Kernel own = KERNEL.get();
    return new Pidfile(own.libc(), own.proc(), file).pidNow();
  }

  /** By a pid alone the process that had it first is meant, and nobody after it. */
  private static final class ByPid implements ManagerSource {
    private final Kernel kernel;
    private final int pid;
    private Optional<ProcessId> first = Optional.empty();

    ByPid(Kernel kernel, int pid) {
      this.kernel = kernel;
      this.pid = pid;
    }

    @Override
    public Found find(long nowMillis) {
      return switch (checked(kernel, pid)) {
        case Found.Away(String reason, _) -> new Found.Away(reason, true);
        case Found.Here here -> {
          if (first.isEmpty()) {
            first = Optional.of(here.manager());
          }
          yield first.get().equals(here.manager())
              ? here
              : new Found.Away("process " + pid + " is another one by now", true);
        }
      };
    }
  }
}
