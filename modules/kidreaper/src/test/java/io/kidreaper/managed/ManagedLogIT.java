package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.testbed.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What workers say, however much it is and whatever becomes of the log. */
class ManagedLogIT {
  @Test
  void everyLineIsMarkedAndACrashsLastWordsAreKept() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running = pool.startReady(2);
      int pid = LineClient.pid(pool.ask("err something odd"));
      running.awaitLog("line\\[" + pid + "\\] err: something odd");
      pid = LineClient.pid(pool.ask("shout 1"));
      running.awaitLog("line\\[" + pid + "\\] out: line 0 of " + pid + " and so on");

      CompletableFuture<String> lost = pool.askLater("crash");
      running.awaitLog(
          "worker \\(process [0-9]+\\) exited with status 3; its last words: .*something is wrong"
              + " \\| I cannot go on");
      assertThat(lost).isCompletedExceptionally();
      assertThat(pool.ask("pid")).isNotEmpty();
    }
  }

  /** Every line is in the log, or is counted where it is missing. */
  @Test
  void aWorkerThatShoutsSlowsNobodyAndNoLineGoesUncounted() {
    try (LinePool pool = LinePool.open()) {
      Path log = pool.path("log");
      LinePool.Running running = pool.with("--log", log, "--workers", 2).start();
      pool.awaitIn(log, "(?s)is ready.*is ready");

      CompletableFuture<String> shouting = pool.askLater("shout-for 3");
      int answers = 0;
      while (!shouting.isDone()) {
        pool.ask("pid");
        answers++;
      }
      assertThat(answers).isGreaterThan(50);
      String answer = shouting.join();
      long said = Long.parseLong(answer.substring(answer.indexOf(' ') + 1));
      running.signal("TERM");
      running.awaitEnd();

      String text = LinePool.read(log);
      long written = count(text, "out: line [0-9]+ of");
      long missing = missing(text);
      System.out.printf(
          "%d lines shouted in 3 s, %d written, %d missing%n", said, written, missing);
      assertThat(said).isGreaterThan(1000);
      assertThat(written + missing).isEqualTo(said);
    }
  }

  @Test
  void nothingIsLostOverARotation() throws IOException {
    try (LinePool pool = LinePool.open()) {
      Path log = pool.path("log");
      Path old = pool.path("log.1");
      LinePool.Running running = pool.with("--log", log, "--workers", 2).start();
      pool.awaitIn(log, "(?s)is ready.*is ready");
      CompletableFuture<String> shouting = pool.askLater("shout 20000");
      pool.awaitIn(log, "out: line 500 ");
      Files.move(log, old);
      running.signal("USR1");
      shouting.join();
      pool.awaitIn(log, "out: line 19999 ");

      assertThat(LinePool.read(log)).contains("log opened anew");
      List<Long> numbers =
          Pattern.compile("out: line ([0-9]+) of")
              .matcher(LinePool.read(old) + LinePool.read(log))
              .results()
              .map(it -> Long.valueOf(it.group(1)))
              .toList();
      assertThat(numbers).isEqualTo(LongStream.range(0, 20_000).boxed().toList());
    }
  }

  @Test
  void aFullDiskUnderTheLogStopsNobodyAndTheGapIsNoted() throws IOException {
    Nobody.needsRoot();
    try (LinePool pool = LinePool.open()) {
      Path disk = pool.site().dir().directory("disk");
      Path log = disk.resolve("log");
      LinePool.Running running =
          pool.under("unshare", "--mount", "sh", "-c")
              .under(
                  "mount -t tmpfs -o size=256k none \"$0\" && head -c 200k /dev/zero > \"$0/filler\""
                      + " && exec \"$@\"",
                  disk)
              .with("--log", log, "--workers", 2)
              .start();
      Path inside = Path.of("/proc/" + running.pid() + "/root" + log);
      pool.awaitIn(inside, "(?s)is ready.*is ready");

      assertThat(pool.ask("shout 2000")).endsWith(" 2000");
      Program room =
          Program.of(
              "stat", "--file-system", "--format=%a", Objects.requireNonNull(inside.getParent()));
      until(pool.site(), () -> room.run().out().equals("0\n"));
      // What is left has to be tried while there is no room, or nothing is missing.
      AtomicLong lastSize = new AtomicLong(-1);
      await()
          .pollInterval(Duration.ofMillis(500))
          .until(() -> lastSize.getAndSet(inside.toFile().length()) == inside.toFile().length());
      assertThat(pool.ask("pid")).isNotEmpty();
      Files.delete(inside.resolveSibling("filler"));
      pool.ask("err there is room again");
      pool.awaitIn(inside, "err: there is room again");

      String text = LinePool.read(inside);
      assertThat(missing(text)).isPositive();
      assertThat(
              count(text, "(?m)^....-..-..T.* out: line [0-9]+ of [0-9]+ and so on and so forth$")
                  + missing(text))
          .as("half a line is none")
          .isEqualTo(2000);
    }
  }

  @Test
  void aReaderOfTheLogThatHangsStopsNobody() throws IOException {
    try (LinePool pool = LinePool.open()) {
      Path fifo = pool.path("fifo");
      Program.of("mkfifo", fifo).run();
      pool.site().run("reader", Command.of("sh", "-c", "exec sleep 1000 < " + fifo));
      LinePool.Running running =
          pool.under("sh", "-c", "exec \"$@\" 2> \"$0\"", fifo).with("--workers", 2).start();
      until(pool.site(), () -> Files.exists(pool.socket()) && running.workers().size() == 2);

      for (int i = 0; i < 10; i++) {
        assertThat(pool.ask("shout 5000")).endsWith(" 5000");
      }
      running.signal("TERM");
      running.awaitEnd();
      assertThat(pool.socket()).doesNotExist();
    }
  }

  private static long count(String text, String regex) {
    return Pattern.compile(regex).matcher(text).results().count();
  }

  private static long missing(String text) {
    return Pattern.compile("kidreaper: ([0-9]+) lines are missing here")
        .matcher(text)
        .results()
        .mapToLong(it -> Long.parseLong(it.group(1)))
        .sum();
  }
}
