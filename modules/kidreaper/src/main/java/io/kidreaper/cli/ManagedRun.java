package io.kidreaper.cli;

import io.kidreaper.control.ControlServer;
import io.kidreaper.gateway.Gateway;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.process.AcceptCounter;
import io.kidreaper.linux.process.Daemon;
import io.kidreaper.linux.process.ReadyPipe;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.SdNotify;
import io.kidreaper.linux.socket.SystemdSockets;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.run.PoolService;
import io.kidreaper.run.RunLog;
import io.kidreaper.run.RunSettings;
import io.kidreaper.run.ServiceControl;
import io.kidreaper.run.Watchfulness;
import io.kidreaper.run.state.PoolName;
import io.kidreaper.run.state.StateFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.TypeConversionException;

/** Runs one managed pool from its settings to its end: as a daemon, under a supervisor, by hand. */
final class ManagedRun {
  /** Tells a kidreaper that a running one has started it to be its successor. */
  static final String TAKE_OVER = "KIDREAPER_TAKE_OVER";

  private static final Path NOWHERE = Path.of("/dev/null");

  private final Terminal terminal;
  private final Map<String, String> environment;

  /** Whether one is on its way. */
  private final AtomicBoolean successorStarts = new AtomicBoolean();

  /** Why the pool could not be started, until it is said. */
  private Optional<String> failure = Optional.empty();

  ManagedRun(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  /** The addresses that were said, or what a supervisor passed. */
  List<ListenAddress> addresses(
      List<ListenAddress> said, boolean takeOver, Optional<ListenAddress> otherwise) {
    if (!said.isEmpty() || takesOver(takeOver)) {
      return said;
    }
    return switch (SystemdSockets.read(environment, ProcessHandle.current().pid())) {
      case SystemdSockets.Found.Refused(String reason) -> throw new TypeConversionException(reason);
      case SystemdSockets.Found.Sockets(List<SystemdSockets.Passed> passed) -> {
        if (passed.isEmpty() && otherwise.isPresent()) {
          yield List.of(otherwise.get());
        }
        if (passed.isEmpty()) {
          throw new TypeConversionException(
              "say where to listen, for example --listen unix:/run/app.sock or --listen"
                  + " 127.0.0.1:9000");
        }
        yield passed.stream().<ListenAddress>map(SystemdSockets.Passed::address).toList();
      }
    };
  }

  /**
   * Whether a running pool is to be taken over: said, or because a running kidreaper started us.
   */
  boolean takesOver(boolean said) {
    return said || environment.containsKey(TAKE_OVER);
  }

  Path stateFolder(Optional<Path> said) {
    return said.map(Path::toAbsolutePath)
        .orElseGet(() -> StateFolder.standard(new NativeLibc().effectiveUserId(), environment));
  }

  /** Where a pool listens that only its own gateway is to reach. */
  ListenAddress ownSocket(Optional<Path> state, PoolName name) {
    return new ListenAddress.UnixPath(stateFolder(state).resolve(name + ".fcgi").toString());
  }

  /** A maximum of requests that nobody counts would be a promise that is not kept. */
  static void refuseWhatCannotBeCounted(PolicySettings limits) {
    if (limits.maxRequests().isEmpty()) {
      return;
    }
    int self = (int) ProcessHandle.current().pid();
    switch (AcceptCounter.open(self, AcceptCounter.TRACEFS)) {
      case AcceptCounter.Opened.Counting(AcceptCounter counter) -> counter.close();
      case AcceptCounter.Opened.Refused(String reason) ->
          throw new TypeConversionException("--max-requests: " + reason);
    }
  }

  int run(
      RunSettings settings, Optional<Path> logFile, Optional<HttpFlags.Http> http, boolean daemon) {
    Optional<ReadyPipe> launcher = ReadyPipe.from(environment);
    if (daemon && launcher.isEmpty()) {
      return launchDaemon();
    }
    SignalInbox signals = SignalInbox.open("TERM", "INT", "HUP", "TTIN", "TTOU", "USR1", "USR2");
    return switch (RunLog.open(logFile, environment)) {
      case RunLog.Opened.Refused(String reason) -> {
        int status = failed(reason, launcher);
        failure.ifPresent(terminal::complain);
        yield status;
      }
      case RunLog.Opened.Open(RunLog log) -> {
        int status;
        try (log) {
          status = run(settings, log, signals, launcher, logFile, http);
        }
        // After all that the log had to say, so that the reason is what is read last.
        failure.ifPresent(terminal::complain);
        yield status;
      }
    };
  }

  private int launchDaemon() {
    try {
      return switch (Daemon.launch(Daemon.ownCommand(), environment)) {
        case Daemon.Launched.Ready(int _) -> ExitStatus.DONE;
        case Daemon.Launched.Failed(String reason) -> {
          terminal.complain(reason);
          yield ExitStatus.INCOMPLETE;
        }
      };
    } catch (IOException e) {
      terminal.complain("cannot find out how kidreaper was started: " + e.getMessage());
      return ExitStatus.INCOMPLETE;
    }
  }

  private int run(
      RunSettings settings,
      RunLog log,
      SignalInbox signals,
      Optional<ReadyPipe> launcher,
      Optional<Path> logFile,
      Optional<HttpFlags.Http> http) {
    return switch (PoolService.open(settings, log, environment)) {
      case PoolService.Opened.Refused(String reason) -> failed(reason, launcher);
      case PoolService.Opened.Open(PoolService service) -> {
        try (service) {
          yield run(service, settings, log, signals, launcher, logFile, http);
        }
      }
    };
  }

  private int run(
      PoolService service,
      RunSettings settings,
      RunLog log,
      SignalInbox signals,
      Optional<ReadyPipe> launcher,
      Optional<Path> logFile,
      Optional<HttpFlags.Http> http) {
    SdNotify supervisor = SdNotify.from(environment);
    Watchfulness watch = new Watchfulness(service, supervisor, environment, settings.stopTimeout());
    ServiceControl control =
        new ServiceControl(
            service,
            watch,
            pid -> {
              SdNotify.Sent _ = supervisor.mainPid(pid);
            });
    return switch (service.openControl(control)) {
      case ControlServer.Opened.Refused(String reason) -> failed(reason, launcher);
      case ControlServer.Opened.Open(ControlServer server) -> {
        try (server) {
          signals.obey(actions(service, watch, log));
          if (http.isEmpty()) {
            yield serve(service, watch, supervisor, settings, launcher, logFile);
          }
          yield switch (PoolGateway.open(http.get(), service.addresses(), log::say)) {
            case io.kidreaper.gateway.Opened.Refused(String reason) -> failed(reason, launcher);
            case io.kidreaper.gateway.Opened.Open(Gateway gateway) -> {
              try (gateway) {
                service.say("serving http://" + HttpFlags.words(gateway.address()) + "/");
                yield serve(service, watch, supervisor, settings, launcher, logFile);
              }
            }
          };
        }
      }
    };
  }

  private int serve(
      PoolService service,
      Watchfulness watch,
      SdNotify supervisor,
      RunSettings settings,
      Optional<ReadyPipe> launcher,
      Optional<Path> logFile) {
    service.start();
    try {
      Optional<String> failure = watch.awaitReady();
      if (failure.isPresent() && watch.stopWasAsked()) {
        service.sayEnd();
        launcher.ifPresent(pipe -> pipe.failed(failure.get()));
        return launcher.isPresent() ? ExitStatus.INCOMPLETE : ExitStatus.DONE;
      }
      if (failure.isPresent()) {
        watch.giveUp();
        watch.awaitEnd();
        return failed(failure.get(), launcher);
      }
      SdNotify.Sent _ = supervisor.ready(settings.name() + ": " + settings.workers() + " workers");
      launcher.ifPresent(pipe -> pipe.ready(outputAfterwards(logFile)));
      // What the start alone needed goes back to the system: what follows lasts for months.
      System.gc();
      watch.awaitEnd();
      service.sayEnd();
      return ExitStatus.DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.INTERRUPTED;
    }
  }

  /** A daemon's terminal may go away; the successor of one that ran in the foreground keeps its. */
  private Optional<Path> outputAfterwards(Optional<Path> logFile) {
    return environment.containsKey(TAKE_OVER)
        ? Optional.empty()
        : Optional.of(logFile.orElse(NOWHERE));
  }

  private Map<String, Runnable> actions(PoolService service, Watchfulness watch, RunLog log) {
    return Map.of(
        "TERM", watch::stop,
        "INT", watch::stop,
        "HUP", service::restart,
        "TTIN", () -> service.scaleBy(1),
        "TTOU", () -> service.scaleBy(-1),
        "USR1", log::reopen,
        "USR2", () -> startSuccessor(service));
  }

  /** The same command again, as it is on disk by now; it asks us for the pool. */
  private void startSuccessor(PoolService service) {
    if (!successorStarts.compareAndSet(false, true)) {
      service.say("a successor is being started already");
      return;
    }
    service.say("starting a successor, to hand the pool over to it");
    Map<String, String> variables = new TreeMap<>(environment);
    variables.put(TAKE_OVER, "1");
    try {
      if (Daemon.launch(Daemon.ownCommand(), variables)
          instanceof Daemon.Launched.Failed(String reason)) {
        service.say("not handed over, the pool stays here: " + reason);
      }
    } catch (IOException e) {
      service.say("not handed over: cannot find out how kidreaper was started: " + e);
    } finally {
      successorStarts.set(false);
    }
  }

  /** The launching command says it where there is one, else we do. */
  private int failed(String reason, Optional<ReadyPipe> launcher) {
    if (launcher.isPresent()) {
      launcher.get().failed(reason);
    } else {
      failure = Optional.of(reason);
    }
    return ExitStatus.INCOMPLETE;
  }
}
