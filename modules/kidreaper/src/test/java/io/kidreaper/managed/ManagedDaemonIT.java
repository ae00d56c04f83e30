package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Run;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code --pidfile} and {@code --daemon}, as start scripts and cron use them. */
class ManagedDaemonIT {
  @Test
  void aPidfileIsThereOnceTheSocketListensAndGoesWithKidreaper() {
    try (LinePool pool = LinePool.open()) {
      Path pidfile = pool.path("pid");
      LinePool.Running running = pool.with("--pidfile", pidfile).start();
      Listen listen = new Listen.Unix(pool.socket());
      until(pool.site(), () -> Files.exists(pidfile));
      assertThat(listen.isListening()).isTrue();
      assertThat(pidfile).hasContent(running.pid() + "\n");

      running.awaitReady(2);
      running.signal("TERM");
      running.awaitEnd();
      assertThat(pidfile).doesNotExist();
    }
  }

  @Test
  void aPidfileThatIsAnothersByNowStays() throws IOException {
    try (LinePool pool = LinePool.open()) {
      Path pidfile = pool.path("pid");
      LinePool.Running running = pool.with("--pidfile", pidfile).startReady(1);
      Files.writeString(pidfile, "1\n");
      running.signal("TERM");
      running.awaitEnd();
      assertThat(pidfile).hasContent("1\n");
    }
  }

  /** Status 0 is a promise: the workers are ready. */
  @Test
  void theLaunchingCommandReturnsWhenTheWorkersAreReady() throws IOException {
    try (LinePool pool = LinePool.open()) {
      Path log = pool.path("log");
      List<?> worker = pool.worker();
      pool.running("sh", "-c", "sleep 0.7; exec perl \"$0\"", worker.get(1));
      Run run =
          pool.with("--daemon", "--pidfile", pool.path("pid"), "--log", log, "-n", 2)
              .program()
              .run();

      assertThat(run.status()).as(run.toString()).isZero();
      assertThat(LinePool.read(log)).containsPattern("(?s)is ready.*is ready");
      int daemon = Integer.parseInt(Files.readString(pool.path("pid")).strip());
      assertThat(ProcessInfo.childrenOf(daemon))
          .extracting(ProcessInfo::pid)
          .contains(LineClient.pid(pool.ask("pid")));
      assertThat(ProcessInfo.of(daemon).orElseThrow().sessionId()).isEqualTo(daemon);
      for (int fd = 0; fd < 3; fd++) {
        assertThat(Files.readSymbolicLink(Path.of("/proc/" + daemon + "/fd/" + fd)))
            .isIn(Path.of("/dev/null"), log);
      }

      Signals.send(daemon, "TERM");
      until(pool.site(), () -> pool.marked().isEmpty());
      assertThat(LinePool.read(log)).contains("stopped");
    }
  }

  @Test
  void theLaunchingCommandSaysWhyThereIsNoDaemon() {
    try (LinePool pool = LinePool.open()) {
      Run run =
          pool.with("--daemon", "--pidfile", pool.path("pid"))
              .running("sh", "-c", "echo no config >&2; exit 3")
              .program()
              .run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.err().lines().toList().getLast())
          .startsWith("kidreaper: ")
          .contains("exited with status 3; its last words: no config");
      assertThat(pool.path("pid")).doesNotExist();
      assertThat(pool.marked()).isEmpty();
    }
  }

  @Test
  void aDaemonOutlivesTheTerminalThatItWasStartedFrom() throws IOException {
    try (LinePool pool = LinePool.open()) {
      String words =
          String.join(" ", pool.with("--daemon", "--pidfile", pool.path("pid")).program().words());
      Session terminal =
          pool.site()
              .run(
                  "terminal",
                  new Command(
                      List.of("script", "-qec", words, "/dev/null"), pool.program().environment()));
      until(pool.site(), () -> !terminal.isAlive());

      assertThat(pool.ask("pid")).as(terminal.log()).isNotEmpty();
      int daemon = Integer.parseInt(Files.readString(pool.path("pid")).strip());
      // The terminal's number; 0 is none.
      assertThat(Files.readString(Path.of("/proc/" + daemon + "/stat")).split(" ", -1)[6])
          .isEqualTo("0");
      Signals.send(daemon, "TERM");
      until(pool.site(), () -> pool.marked().isEmpty());
    }
  }
}
