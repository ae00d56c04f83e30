package io.kidreaper.cli;

import io.kidreaper.control.ControlServer;
import io.kidreaper.gateway.HttpAddress;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.socket.SdNotify;
import io.kidreaper.metrics.MetricsServer;
import io.kidreaper.run.RunLog;
import io.kidreaper.run.state.PoolLock;
import io.kidreaper.run.state.PoolName;
import io.kidreaper.run.state.StateFolder;
import io.kidreaper.watch.AttachedSettings;
import io.kidreaper.watch.Bulletin;
import io.kidreaper.watch.Pressure;
import io.kidreaper.watch.Watch;
import io.kidreaper.watch.WatchMetrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs a watch from its settings to its end. */
final class WatchRun {
  private static final long TURN_MILLIS = 2_000;

  private final Terminal terminal;
  private final Map<String, String> environment;

  WatchRun(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  /** All that a watch is to be. */
  record Wanted(WatchOptions options, PoolName name, List<AttachedSettings> pools) {}

  /** Makes it anew, as after a change of the file. */
  interface Source {
    /**
     * @throws picocli.CommandLine.TypeConversionException with what is wrong
     */
    Wanted read();

    /** Whether there is anything to read anew. */
    boolean canChange();
  }

  /**
   * @param wanted what the source said first
   */
  int run(Source source, Wanted wanted) {
    SignalInbox signals = SignalInbox.open("TERM", "INT", "HUP", "USR1");
    return switch (RunLog.open(wanted.options().logFile(), environment)) {
      case RunLog.Opened.Refused(String reason) -> failed(reason);
      case RunLog.Opened.Open(RunLog log) -> {
        try (log) {
          yield run(source, wanted, signals, log);
        }
      }
    };
  }

  private int run(Source source, Wanted wanted, SignalInbox signals, RunLog log) {
    int user = new NativeLibc().effectiveUserId();
    Path path = wanted.options().state().orElseGet(() -> StateFolder.standard(user, environment));
    return switch (StateFolder.make(path, user)) {
      case StateFolder.Opened.Refused(String reason) -> failed(reason);
      case StateFolder.Opened.Missing(Path missing) -> failed("there is no " + missing);
      case StateFolder.Opened.Open(StateFolder folder) ->
          switch (PoolLock.take(folder, wanted.name())) {
            case PoolLock.Taken.Refused(String reason) -> failed(reason);
            case PoolLock.Taken.Held(OptionalInt pid) ->
                failed(
                    "a kidreaper named "
                        + wanted.name()
                        + " runs already"
                        + (pid.isPresent() ? " (process " + pid.getAsInt() + ")" : "")
                        + "; end it, or choose another --name");
            case PoolLock.Taken.Ours(PoolLock lock) -> {
              try (lock) {
                yield run(source, wanted, signals, log, folder.socket(wanted.name()), user);
              }
            }
          };
    };
  }

  private int run(
      Source source, Wanted wanted, SignalInbox signals, RunLog log, Path socket, int user) {
    Bulletin bulletin = new Bulletin();
    boolean journal = wanted.options().logFile().isEmpty() && LogForm.isJournal(environment);
    LogForm form = wanted.options().logForm();
    bulletin.addHearer(event -> log.line(form.line(event, journal)));
    EventCommands commands = new EventCommands(bulletin, environment);
    CountDownLatch stop = new CountDownLatch(1);
    try (commands;
        Watch watch =
            new Watch(
                wanted.options().cpuShare(), wanted.options().metrics().isPresent(), bulletin)) {
      bulletin.addHearer(commands::hear);
      List<AutoCloseable> faces = new ArrayList<>();
      try {
        Runnable reload = () -> reload(source, watch, commands, bulletin);
        WatchControl control = new WatchControl(watch, bulletin, reload, stop::countDown, source);
        switch (ControlServer.open(
            socket, user, control, sentence -> bulletin.tell("control", sentence))) {
          case ControlServer.Opened.Refused(String reason) -> {
            return failed(reason);
          }
          case ControlServer.Opened.Open(ControlServer server) -> faces.add(server);
        }
        if (wanted.options().metrics().isPresent()) {
          HttpAddress at = wanted.options().metrics().get();
          switch (MetricsServer.open(at.host(), at.port(), () -> WatchMetrics.of(watch.views()))) {
            case MetricsServer.Opened.Refused(String reason) -> {
              return failed(reason);
            }
            case MetricsServer.Opened.Open(MetricsServer server) -> {
              faces.add(server);
              bulletin.tell("metrics", "metrics at " + server.url());
            }
          }
        }
        faces.add(Pressure.watch(watch, bulletin));
        commands.follow(wanted.pools());
        watch.follow(wanted.pools());
        bulletin.tell(
            "watching",
            "watching %s (process %d)"
                .formatted(
                    wanted.pools().size() == 1
                        ? wanted.pools().getFirst().name()
                        : wanted.pools().size() + " pools",
                    ProcessHandle.current().pid()));
        signals.obey(
            Map.of(
                "TERM",
                stop::countDown,
                "INT",
                stop::countDown,
                "HUP",
                reload,
                "USR1",
                log::reopen));
        return serve(watch, bulletin, stop);
      } finally {
        faces.reversed().forEach(WatchRun::close);
      }
    }
  }

  private int serve(Watch watch, Bulletin bulletin, CountDownLatch stop) {
    SdNotify supervisor = SdNotify.from(environment);
    OptionalLong watchdog = SdNotify.watchdogMicros(environment, ProcessHandle.current().pid());
    long turn =
        watchdog.isPresent()
            ? Math.clamp(watchdog.getAsLong() / 2_000, 1, TURN_MILLIS)
            : TURN_MILLIS;
    SdNotify.Sent _ = supervisor.ready("watching");
    HeapTrim trim = new HeapTrim();
    try {
      while (!stop.await(turn, TimeUnit.MILLISECONDS)) {
        trim.maybe();
        if (watch.isAlive()) {
          SdNotify.Sent _ = supervisor.watchdog();
        }
        if (watch.isOver()) {
          bulletin.tell("ended", "no pool can come back: there is nothing left to watch");
          return ExitStatus.MANAGER_LOST;
        }
      }
      SdNotify.Sent _ = supervisor.stopping("workers serve on");
      bulletin.tell("stopped", "stopped; all workers serve on");
      return ExitStatus.DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.INTERRUPTED;
    }
  }

  private static void reload(
      Source source, Watch watch, EventCommands commands, Bulletin bulletin) {
    if (!source.canChange()) {
      bulletin.tell("reload-failed", "there is no --config to read again");
      return;
    }
    try {
      Wanted again = source.read();
      commands.follow(again.pools());
      watch.follow(again.pools());
      bulletin.tell("reloaded", "configuration read again: " + again.pools().size() + " pools");
    } catch (picocli.CommandLine.TypeConversionException e) {
      bulletin.tell("reload-failed", "the old settings stay: " + e.getMessage());
    }
  }

  private static void close(AutoCloseable face) {
    try {
      face.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private int failed(String reason) {
    terminal.complain(reason);
    return ExitStatus.INCOMPLETE;
  }
}
