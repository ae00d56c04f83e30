package io.kidreaper.embed;

import io.kidreaper.control.ControlServer;
import io.kidreaper.fastcgi.Signals;
import io.kidreaper.linux.process.Daemon;
import io.kidreaper.linux.socket.ListenOptions;
import io.kidreaper.linux.socket.SdNotify;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.Restraint;
import io.kidreaper.retire.Signal;
import io.kidreaper.run.PoolService;
import io.kidreaper.run.RunLog;
import io.kidreaper.run.RunSettings;
import io.kidreaper.run.ServiceControl;
import io.kidreaper.run.Spawning;
import io.kidreaper.run.Watchfulness;
import io.kidreaper.run.WorkerCommand;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The manager's life: one managed pool of this very program, from its start to its end. */
final class Manager {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ProcManagerSettings settings;
  private final Map<String, String> environment;

  Manager(ProcManagerSettings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  /** Runs the pool to its end; the exit status. */
  int run() {
    List<String> command;
    try {
      command = Daemon.ownCommand();
    } catch (IOException e) {
      return failed("cannot find out how this program was started: " + e.getMessage());
    }
    return switch (RunLog.open(Optional.empty(), environment)) {
      case RunLog.Opened.Refused(String reason) -> failed(reason);
      case RunLog.Opened.Open(RunLog log) -> {
        try (log) {
          yield run(settings(command), log);
        }
      }
    };
  }

  private int run(RunSettings run, RunLog log) {
    // A signal that comes before there is a pool to obey it waits for one.
    CompletableFuture<Map<String, Runnable>> actions = new CompletableFuture<>();
    for (String name : List.of("TERM", "INT", "HUP", "TTIN", "TTOU")) {
      Signals.handle(
          Set.of(name),
          () -> {
            CompletableFuture<Void> _ = actions.thenAccept(map -> obey(map, name));
          });
    }
    return switch (PoolService.open(run, log, environment)) {
      case PoolService.Opened.Refused(String reason) -> failed(reason);
      case PoolService.Opened.Open(PoolService service) -> {
        try (service) {
          yield run(service, run, actions);
        }
      }
    };
  }

  private static void obey(Map<String, Runnable> actions, String name) {
    Runnable action = actions.get(name);
    if (action != null) {
      action.run();
    }
  }

  private int run(
      PoolService service, RunSettings run, CompletableFuture<Map<String, Runnable>> actions) {
    SdNotify supervisor = SdNotify.from(environment);
    Watchfulness watch = new Watchfulness(service, supervisor, environment, run.stopTimeout());
    ServiceControl control =
        new ServiceControl(
            service,
            watch,
            pid -> {
              SdNotify.Sent _ = supervisor.mainPid(pid);
            });
    return switch (service.openControl(control)) {
      case ControlServer.Opened.Refused(String reason) -> failed(reason);
      case ControlServer.Opened.Open(ControlServer server) -> {
        try (server) {
          actions.complete(
              Map.of(
                  "TERM", watch::stop,
                  "INT", watch::stop,
                  "HUP", service::restart,
                  "TTIN", () -> service.scaleBy(1),
                  "TTOU", () -> service.scaleBy(-1)));
          yield keep(service, watch, supervisor, run);
        }
      }
    };
  }

  private static int keep(
      PoolService service, Watchfulness watch, SdNotify supervisor, RunSettings run) {
    service.start();
    try {
      Optional<String> failure = watch.awaitReady();
      if (failure.isPresent() && !watch.stopWasAsked()) {
        watch.giveUp();
        watch.awaitEnd();
        return failed(failure.get());
      }
      if (failure.isEmpty()) {
        SdNotify.Sent _ = supervisor.ready(run.name() + ": " + run.workers() + " workers");
        watch.awaitEnd();
      }
      service.sayEnd();
      return DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private RunSettings settings(List<String> command) {
    PolicySettings none = PolicySettings.none(Restraint.MANAGED);
    return new RunSettings(
        settings.name(),
        List.of(settings.listen()),
        ListenOptions.DEFAULT,
        settings.processes(),
        new WorkerCommand(
            command,
            Map.of(Birth.MARK, Long.toString(ProcessHandle.current().pid())),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Spawning.DEFAULT,
            WorkerCommand.OnDeath.SERVE),
        RunSettings.Readiness.BOUNDARY,
        Signal.TERM,
        PATIENCE,
        GRACE,
        settings.dieTimeout(),
        new PolicySettings(
            settings.maxSize().map(size -> new Limit(Measure.PRIVATE, size.bytes())),
            // A managed pool replaces without loss, and the worker grows on meanwhile.
            1,
            none.hardLimit(),
            none.budgetBytes(),
            // Workers count for themselves: that needs no rights, and no help of the kernel.
            none.maxRequests(),
            none.maxAgeMillis(),
            none.idleRetireMillis(),
            none.jitterShare(),
            none.restraint()),
        EVERY,
        GRACE,
        settings.pidfile(),
        settings.stateFolder(environment),
        false);
  }

  private static int failed(String reason) {
    System.err.println("ProcManager: " + reason);
    return FAILED;
  }
}
