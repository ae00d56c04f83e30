package io.kidreaper.cli;

import io.kidreaper.linux.process.Daemon;
import io.kidreaper.linux.process.ReadyPipe;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.socket.SdNotify;
import io.kidreaper.linux.socket.SystemdSockets;
import io.kidreaper.run.PoolService;
import io.kidreaper.run.RunLog;
import io.kidreaper.run.RunSettings;
import io.kidreaper.run.Watchfulness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.TypeConversionException;

/** Runs one managed pool from its settings to its end: as a daemon, under a supervisor, by hand. */
final class ManagedRun {
  private static final Path NOWHERE = Path.of("/dev/null");

  private final Terminal terminal;
  private final Map<String, String> environment;

  ManagedRun(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  /** The addresses that were said, or what a supervisor passed. */
  List<ListenAddress> addresses(List<ListenAddress> said) {
    if (!said.isEmpty()) {
      return said;
    }
    return switch (SystemdSockets.read(environment, ProcessHandle.current().pid())) {
      case SystemdSockets.Found.Refused(String reason) -> throw new TypeConversionException(reason);
      case SystemdSockets.Found.Sockets(List<SystemdSockets.Passed> passed) -> {
        if (passed.isEmpty()) {
          throw new TypeConversionException(
              "say where to listen, for example --listen unix:/run/app.sock or --listen"
                  + " 127.0.0.1:9000");
        }
        yield passed.stream().<ListenAddress>map(SystemdSockets.Passed::address).toList();
      }
    };
  }

  int run(RunSettings settings, Optional<Path> logFile, boolean daemon) {
    Optional<ReadyPipe> launcher = ReadyPipe.from(environment);
    if (daemon && launcher.isEmpty()) {
      return launchDaemon();
    }
    return switch (RunLog.open(logFile, environment)) {
      case RunLog.Opened.Refused(String reason) -> failed(reason, launcher);
      case RunLog.Opened.Open(RunLog log) -> {
        try (log) {
          yield run(settings, log, launcher, logFile);
        }
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
      RunSettings settings, RunLog log, Optional<ReadyPipe> launcher, Optional<Path> logFile) {
    return switch (PoolService.open(settings, log, environment)) {
      case PoolService.Opened.Refused(String reason) -> failed(reason, launcher);
      case PoolService.Opened.Open(PoolService service) -> {
        try (service) {
          yield run(service, settings, log, launcher, logFile);
        }
      }
    };
  }

  private int run(
      PoolService service,
      RunSettings settings,
      RunLog log,
      Optional<ReadyPipe> launcher,
      Optional<Path> logFile) {
    SdNotify supervisor = SdNotify.from(environment);
    Watchfulness watch = new Watchfulness(service, supervisor, environment, settings.stopTimeout());
    obey(service, watch, log);
    service.start();
    try {
      Optional<String> failure = watch.awaitReady();
      if (failure.isPresent()) {
        service.stopNow();
        watch.awaitEnd();
        return failed(failure.get(), launcher);
      }
      SdNotify.Sent _ = supervisor.ready(settings.name() + ": " + settings.workers() + " workers");
      launcher.ifPresent(pipe -> pipe.ready(logFile.orElse(NOWHERE)));
      watch.awaitEnd();
      service.say("stopped");
      return ExitStatus.DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.INTERRUPTED;
    }
  }

  private static void obey(PoolService service, Watchfulness watch, RunLog log) {
    OsSignals.on("TERM", watch::stop);
    OsSignals.on("INT", watch::stop);
    OsSignals.on("HUP", service::restart);
    OsSignals.on("TTIN", () -> service.scaleBy(1));
    OsSignals.on("TTOU", () -> service.scaleBy(-1));
    OsSignals.on("USR1", log::reopen);
  }

  /** The launching command says it where there is one, else we do. */
  private int failed(String reason, Optional<ReadyPipe> launcher) {
    if (launcher.isPresent()) {
      launcher.get().failed(reason);
    } else {
      terminal.complain(reason);
    }
    return ExitStatus.INCOMPLETE;
  }
}
