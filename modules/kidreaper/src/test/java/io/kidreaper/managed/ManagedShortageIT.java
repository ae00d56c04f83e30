package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Nobody;
import io.kidreaper.command.Run;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is left of a pool where the machine has no more to give. */
class ManagedShortageIT {
  private static final int NOT_ENOUGH = 40;

  @Test
  void tooFewDescriptorsForSoManyWorkersIsSaidAtTheStart() {
    try (LinePool pool = LinePool.open()) {
      Run run =
          pool.under("prlimit", "--nofile=80:80", "--").with("-n", NOT_ENOUGH).program().run();

      assertThat(run.status()).as(run.toString()).isEqualTo(1);
      assertThat(run.err().lines().toList().getLast())
          .startsWith("kidreaper: cannot start perl now: EMFILE (too many open files")
          .contains("ulimit -n");
      assertThat(pool.marked()).isEmpty();
    }
  }

  /** As many as there is room for serve on, and each can still be let go between two requests. */
  @Test
  void workersThatFindNoDescriptorsLaterAreWaitedForWhileTheOthersServe() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running = pool.under("prlimit", "--nofile=80:80", "--").startReady(2);
      serveInShortage(pool, running, "EMFILE");
    }
  }

  /** The JVM starts a thread for each signal; without one left, TERM would be lost. */
  @Test
  void workersThatMayNotBeStartedLaterAreWaitedForWhileTheOthersServe() {
    Nobody.needsRoot();
    try (LinePool pool = LinePool.open()) {
      // The limit counts the threads of kidreaper and all processes of the user.
      LinePool.Running running =
          pool.asNobody()
              .under("sh", "-c")
              .under(
                  "n=$(cat /proc/[0-9]*/status | awk '/^Uid:/{u=$2} /^Threads:/{if(u==65534)n+=$2}"
                      + " END{print n+0}'); exec prlimit --nproc=$((n+40)):$((n+40)) -- \"$0\" \"$@\"")
              .startReady(2);
      serveInShortage(pool, running, "too many processes or threads");
    }
  }

  private static void serveInShortage(LinePool pool, LinePool.Running running, String why) {
    for (int i = 0; i < NOT_ENOUGH; i++) {
      running.signal("TTIN");
    }
    running.awaitLog("a worker did not start: .*" + why);
    until(pool.site(), () -> running.log().contains("failure 3 in a row"));
    int there = running.workers().size();
    CompletableFuture<String> asked = pool.askLater("sleep 500");
    IntStream.range(0, 20).forEach(_ -> assertThat(pool.ask("pid")).isNotEmpty());

    running.signal("TERM");
    running.awaitEnd();
    assertThat(asked.join()).isNotEmpty();
    assertThat(there).isBetween(2, NOT_ENOUGH);
    assertThat(running.log())
        .contains("TERM between two requests")
        .doesNotContain("at no particular moment", "cut");
    assertThat(pool.marked()).isEmpty();
  }
}
