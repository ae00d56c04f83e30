package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Nobody;
import io.kidreaper.command.Run;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Without root, and without rights that root usually has. */
class ManagedUserIT {
  @BeforeEach
  void root() {
    Nobody.needsRoot();
  }

  @Test
  void anOrdinaryUsersPoolRetiresBetweenTwoRequestsToo() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running = pool.asNobody().startReady(2);
      List<Integer> before = running.workers();
      CompletableFuture<String> asked = pool.askLater("sleep 800");
      running.signal("HUP");
      running.awaitLog("restart complete");

      assertThat(asked.join()).isNotEmpty();
      assertThat(running.workers()).doesNotContainAnyElementsOf(before);
      assertThat(running.log()).contains("between two requests").doesNotContain("cannot be");
      running.signal("TERM");
      running.awaitEnd();
    }
  }

  @Test
  void anOrdinaryUserHasNoOtherUsersWorkers() {
    try (LinePool pool = LinePool.open()) {
      Run run = pool.asNobody().with("--user", "www-data").program().run();
      assertThat(run.status()).as(run.toString()).isEqualTo(2);
      assertThat(run.err()).contains("--user www-data needs root");
    }
  }

  /**
   * Root without CAP_SYS_PTRACE, as in most containers, may not look at workers of another user:
   * said once, and everything goes on by what can be seen.
   */
  @Test
  void withoutTheRightToTraceThePoolServesAndSaysWhatIsDifferentOnce() {
    try (LinePool pool = LinePool.open()) {
      LinePool.Running running =
          pool.under("setpriv", "--bounding-set=-sys_ptrace", "--")
              .with("--user", "www-data")
              .startReady(2);
      assertThat(running.workers()).contains(LineClient.pid(pool.ask("pid")));
      running.signal("TTIN");
      running.awaitReady(3);
      running.signal("TERM");
      running.awaitEnd();

      assertThat(count("it cannot be seen here whether a new worker waits", running.log()))
          .isEqualTo(1);
      assertThat(count("workers cannot be held between two requests here", running.log()))
          .isEqualTo(1);
      until(pool.site(), () -> pool.marked().isEmpty());
    }
  }

  private static long count(String text, String log) {
    return Pattern.compile(Pattern.quote(text)).matcher(log).results().count();
  }
}
