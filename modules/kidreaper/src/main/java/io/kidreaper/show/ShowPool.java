package io.kidreaper.show;

import io.kidreaper.control.EventHistory;
import io.kidreaper.control.PoolStatus;
import io.kidreaper.gateway.Gateway;
import io.kidreaper.gateway.GatewaySettings;
import io.kidreaper.gateway.HttpAddress;
import io.kidreaper.gateway.Upstream;
import io.kidreaper.linux.socket.ListenAddress;
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
import io.kidreaper.run.state.PoolName;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A managed pool of demo workers in a folder of its own, with the gateway before it. */
final class ShowPool implements AutoCloseable {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  /** More than any machine has: it makes every reading a whole one, so that all bars move. */
  private static final long NO_BUDGET = 1L << 60;

  private final RunLog log;
  private final PoolService service;
  private final Watchfulness watch;
  private final ServiceControl control;
  private final Gateway gateway;

  /** What the workers make of a signal. */
  enum Program {
    /** They answer their request first. */
    GRACEFUL,
    /** They go at once, as most programs do; so kidreaper has them go by KILL, between requests. */
    ABRUPT
  }

  /** What came of opening it. */
  sealed interface Opened {
    record Open(ShowPool pool) implements Opened {}

    record Refused(String reason) implements Opened {}
  }

  private ShowPool(RunLog log, PoolService service, Watchfulness watch, Gateway gateway) {
    this.log = log;
    this.service = service;
    this.watch = watch;
    this.control = new ServiceControl(service, watch, _ -> {});
    this.gateway = gateway;
  }

  /**
   * Opens it and waits until its workers are ready.
   *
   * @param folder where its socket, state and log are
   * @param shared the memory that the workers share
   */
  static Opened open(
      ShowSettings settings,
      Program program,
      Way way,
      Path folder,
      Path shared,
      Map<String, String> environment)
      throws InterruptedException {
    RunLog log;
    switch (RunLog.open(Optional.of(folder.resolve("log")), Map.of())) {
      case RunLog.Opened.Refused(String reason) -> {
        return new Opened.Refused(reason);
      }
      case RunLog.Opened.Open(RunLog opened) -> log = opened;
    }
    RunSettings run = run(settings, program, way, folder, shared);
    return switch (PoolService.open(run, log, environment)) {
      case PoolService.Opened.Refused(String reason) -> {
        log.close();
        yield new Opened.Refused(reason);
      }
      case PoolService.Opened.Open(PoolService service) ->
          open(log, service, folder, run, environment);
    };
  }

  private static Opened open(
      RunLog log,
      PoolService service,
      Path folder,
      RunSettings run,
      Map<String, String> environment)
      throws InterruptedException {
    Watchfulness watch =
        new Watchfulness(service, SdNotify.from(Map.of()), environment, run.stopTimeout());
    return switch (Gateway.start(
        GatewaySettings.of(
            new HttpAddress(HttpAddress.LOOPBACK, 0),
            new Upstream.At(UnixDomainSocketAddress.of(folder.resolve("fcgi")))),
        log::say)) {
      case io.kidreaper.gateway.Opened.Refused(String reason) -> {
        service.close();
        log.close();
        yield new Opened.Refused(reason);
      }
      case io.kidreaper.gateway.Opened.Open(Gateway gateway) -> {
        ShowPool pool = new ShowPool(log, service, watch, gateway);
        service.start();
        Optional<String> failure = watch.awaitReady();
        if (failure.isEmpty()) {
          yield new Opened.Open(pool);
        }
        pool.close();
        yield new Opened.Refused(failure.get());
      }
    };
  }

  private static RunSettings run(
      ShowSettings settings, Program program, Way way, Path folder, Path shared) {
    PolicySettings none = PolicySettings.none(Restraint.MANAGED);
    PolicySettings limits =
        new PolicySettings(
            way == Way.BOUNDARY
                ? Optional.of(new Limit(Measure.PRIVATE, settings.limit().bytes()))
                : Optional.empty(),
            1,
            Optional.empty(),
            OptionalLong.of(NO_BUDGET),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            none.jitterShare(),
            none.restraint());
    return new RunSettings(
        new PoolName("demo"),
        List.of(new ListenAddress.UnixPath(folder.resolve("fcgi").toString())),
        ListenOptions.DEFAULT,
        settings.workers(),
        new WorkerCommand(
            settings.command(shared, program == Program.GRACEFUL),
            Map.of(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Spawning.DEFAULT,
            // Should kidreaper be killed, nobody is to be left behind by a demo.
            WorkerCommand.OnDeath.STOP),
        RunSettings.Readiness.BOUNDARY,
        program == Program.GRACEFUL ? Signal.TERM : Signal.KILL,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        STOP_TIMEOUT,
        limits,
        ShowSettings.EVERY,
        Duration.ofSeconds(10),
        Optional.empty(),
        folder.resolve("state"),
        false);
  }

  /** Where HTTP is answered. */
  InetSocketAddress address() {
    return gateway.address();
  }

  PoolStatus status() {
    return control.status().getFirst();
  }

  EventHistory events() {
    return control.events();
  }

  @Override
  public void close() {
    watch.stop();
    try {
      watch.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    gateway.close();
    service.close();
    log.close();
  }
}
