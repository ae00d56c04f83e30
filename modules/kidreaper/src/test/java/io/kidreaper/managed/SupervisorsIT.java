package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Under the supervisors that people use, each with the run script of docs/SUPERVISORS.md. */
class SupervisorsIT {
  /** The supervisor, and what ends service and supervisor; DIR is the service's folder. */
  static Stream<Arguments> supervisors() {
    return Stream.of(
        Arguments.of("runsv", List.of("sv", "-w", "60", "exit", "DIR")),
        Arguments.of("supervise", List.of("svc", "-dx", "DIR")),
        Arguments.of("s6-supervise", List.of("s6-svc", "-xd", "DIR")));
  }

  @ParameterizedTest
  @MethodSource("supervisors")
  void isRestartedGoesOnWithItsWorkersAndIsStopped(String supervisor, List<String> stop)
      throws IOException {
    try (LinePool pool = LinePool.open()) {
      Path service = pool.site().dir().directory("service");
      Program run = pool.with("--workers", 2, "--pidfile", pool.path("pid")).program();
      Path script =
          pool.site()
              .dir()
              .write("service/run", "#!/bin/sh\nexec 2>&1\nexec " + String.join(" ", run.words()));
      assertThat(script.toFile().setExecutable(true)).isTrue();
      Session session =
          pool.site()
              .run("supervisor", new Command(List.of(supervisor, "" + service), run.environment()));
      LinePool.Running running = new LinePool.Running(pool, session);
      running.awaitReady(2);
      int first = pid(pool);
      List<ProcessInfo> workers = ProcessInfo.childrenOf(first);

      Signals.send(first, "KILL");
      running.awaitLog("goes on with 2 workers and the socket of the kidreaper before it");
      until(pool.site(), () -> pid(pool) != first);
      assertThat(workers).extracting(ProcessInfo::pid).contains(LineClient.pid(pool.ask("pid")));

      CompletableFuture<String> asked = pool.askLater("sleep 700");
      Run stopped =
          Program.of(stop.stream().map(it -> it.equals("DIR") ? service.toString() : it).toArray())
              .run();
      assertThat(stopped.status()).as(stopped.toString()).isZero();
      until(pool.site(), () -> !session.isAlive());
      assertThat(asked.join()).isNotEmpty();
      assertThat(running.log()).contains("stopped").doesNotContain("cut");
      assertThat(pool.marked()).as(running.log()).isEmpty();
    }
  }

  /** As a container's only program: nobody else buries the dead, or forwards a stop. */
  @Test
  void asProcessOneItBuriesOrphansAndStopsInPeace() {
    Nobody.needsRoot();
    try (LinePool pool = LinePool.open()) {
      List<?> worker = pool.worker();
      String orphaning = "(sleep 0.3 & echo $! > orphan); exec perl \"$0\"";
      LinePool.Running running =
          pool.under("unshare", "--pid", "--fork", "--mount-proc", "--")
              .with("--chdir", pool.path("."))
              .running("sh", "-c", orphaning, worker.get(1))
              .with("--workers", 1)
              .start();
      running.awaitReady(1);
      assertThat(pool.path("orphan")).isNotEmptyFile();
      int one = running.workers().getFirst();
      assertThat(LinePool.read(Path.of("/proc/" + one + "/status")))
          .containsPattern("NSpid:\t" + one + "\t1\n");
      until(pool.site(), () -> childrenDeadOrAlive(one) == 1);

      CompletableFuture<String> asked = pool.askLater("sleep 700");
      Signals.send(one, "TERM");
      running.awaitEnd();
      assertThat(asked.join()).isNotEmpty();
      assertThat(running.log()).contains("stopped").doesNotContain("cut");
    }
  }

  /** What systemd hears from a service of Type=notify with a watchdog. */
  @Test
  void tellsSystemdWhatItWaitsFor() {
    try (LinePool pool = LinePool.open()) {
      Path notify = pool.path("notify");
      String receiver =
          """
          use Socket; $| = 1; socket my $s, AF_UNIX, SOCK_DGRAM, 0;
          bind $s, pack_sockaddr_un($ARGV[0]) or die $!;
          while (defined recv $s, my $message, 4096, 0) { print "$message\\n--\\n" }
          """;
      Session heard = pool.site().run("notify", Command.of("perl", "-e", receiver, notify));
      until(pool.site(), () -> Files.exists(notify));
      LinePool.Running running =
          pool.under("env", "NOTIFY_SOCKET=" + notify, "WATCHDOG_USEC=400000").startReady(2);

      until(pool.site(), () -> heard.wholeLog().contains("READY=1\n"));
      assertThat(heard.wholeLog()).contains("MAINPID=" + running.pid() + "\n");
      int before = heard.wholeLog().split("WATCHDOG=1", -1).length;
      until(pool.site(), () -> heard.wholeLog().split("WATCHDOG=1", -1).length >= before + 3);
      running.signal("TERM");
      running.awaitEnd();
      assertThat(heard.wholeLog()).containsSubsequence("READY=1", "WATCHDOG=1", "STOPPING=1");
    }
  }

  private static int pid(LinePool pool) {
    String text = LinePool.read(pool.path("pid")).strip();
    return text.isEmpty() ? -1 : Integer.parseInt(text);
  }

  private static long childrenDeadOrAlive(int parent) {
    return ProcessInfo.all().stream().filter(it -> it.parentPid() == parent).count();
  }
}
