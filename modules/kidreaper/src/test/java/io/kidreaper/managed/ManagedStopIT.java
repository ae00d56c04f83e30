package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.Signals;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a pool ends, and what a signal to one of its workers does to it. */
class ManagedStopIT {
  /** The third one waits in the backlog when the stop is asked for. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void whoeverIsConnectedIsAnswered(String signal) {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running = pool.under("env", "--default-signal=INT").startReady(2);
      List<CompletableFuture<String>> asked =
          IntStream.range(0, 3).mapToObj(_ -> pool.askLater("sleep 1000")).toList();
      running.signal(signal);
      running.awaitEnd();

      assertThat(asked).allSatisfy(it -> assertThat(it.join()).isNotEmpty());
      assertThat(running.log()).contains(" stopped\n").doesNotContain("cut");
      assertThat(new Listen.Unix(pool.socket()).isListening()).isFalse();
      assertThat(pool.marked()).isEmpty();
    }
  }

  @Test
  void aSecondTermCutsAndSaysHowMany() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running = pool.startReady(3);
      List<CompletableFuture<String>> asked = busy(pool, 2);
      running.signal("TERM");
      running.awaitLog("left after");
      // The same signal twice in a row is one wish (timeout(1) does that), later it is another.
      until(
          pool.site(),
          () -> {
            if (running.isAlive()) {
              running.signal("TERM");
            }
            return running.log().contains("stopping at once");
          });
      running.awaitEnd();

      assertThat(running.log()).contains("stopping at once: 2 requests are cut");
      assertThat(asked).allSatisfy(it -> assertThat(it).isCompletedExceptionally());
      assertThat(pool.marked()).isEmpty();
    }
  }

  @Test
  void theSameTermTwiceIsOneWish() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running = pool.startReady(1);
      CompletableFuture<String> asked = pool.askLater("sleep 1000");
      Command.of("sh", "-c", "kill $0; kill $0", running.pid()).runIn(pool.path("."));
      running.awaitEnd();

      assertThat(running.log()).doesNotContain("at once");
      assertThat(asked).isCompleted();
    }
  }

  @Test
  void aStopThatTakesTooLongCuts() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running = pool.with("--stop-timeout", "1s").startReady(2);
      CompletableFuture<String> asked = pool.askLater("sleep 60000");
      running.signal("TERM");
      running.awaitEnd();

      assertThat(running.log())
          .contains("the stop has taken its 1 s", "stopping at once: 1 request is cut");
      assertThat(asked).isCompletedExceptionally();
    }
  }

  /** Ctrl-C reaches kidreaper, which ends in peace; its workers do not even hear of it. */
  @Test
  void aCtrlCOnTheTerminalCutsNoRequest() {
    try (LinePool pool = LinePool.open()) {
      String words = String.join(" ", pool.with("--workers", 2).program().words());
      // The sleep keeps the terminal's input open; the read ends it when it is told to.
      LinePool.Running terminal =
          new LinePool.Running(
              pool,
              pool.site()
                  .run(
                      "terminal",
                      new Command(
                          List.of(
                              "sh",
                              "-c",
                              "{ until test -e go; do sleep 0.05; done; printf '\\003'; sleep 1000; } |"
                                  + " exec script -qec \"exec $0\" /dev/null",
                              words),
                          pool.program().environment())));
      terminal.awaitReady(2);
      CompletableFuture<String> asked = pool.askLater("sleep 1500");
      pool.site().dir().write("go", "");
      terminal.awaitLog("line stopped");

      assertThat(asked.join()).isNotEmpty();
      assertThat(terminal.log()).doesNotContain("cut");
    }
  }

  /** The article's bug: a HUP to a child ended the tree. Here the child is replaced. */
  @Test
  void aHupToWorkersLeavesTheTree() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running = pool.startReady(3);
      int worker = running.workers().getFirst();
      Signals.send(worker, "HUP");
      running.awaitLog("process " + worker + "\\) was ended by signal 1 \\(SIGHUP\\)");
      running.awaitReady(4);
      List<Integer> all = running.workers();
      all.forEach(it -> Signals.send(it, "HUP"));
      running.awaitReady(7);

      assertThat(running.workers()).hasSize(3).doesNotContainAnyElementsOf(all);
      assertThat(running.workers()).contains(LineClient.pid(pool.ask("pid")));
    }
  }

  /** So many workers that are at a request for a minute. */
  private static List<CompletableFuture<String>> busy(LinePool pool, int workers) {
    return IntStream.range(0, workers).mapToObj(_ -> pool.askLater("sleep 60000")).toList();
  }
}
