package io.kidreaper.linux.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.linux.trace.Observer.Moment;
import io.kidreaper.pool.ProcessId;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * kidreaper killed with SIGKILL at each step of a delivery: the worker runs on, untraced, and the
 * request that it was at is answered.
 */
class TracerDeathIT {
  private static final int SIGTERM = 15;
  private static final Duration LONG = Duration.ofSeconds(20);

  /** The signal is ignored, so that after each step the same worker must go on serving. */
  @ParameterizedTest
  @EnumSource(Moment.class)
  void aBusyWorkerServesOn(Moment moment) throws Exception {
    try (TestPool pool = TestPool.serve("tcp4:127.0.0.1:0", "accept", "term=ignore");
        Socket client = pool.connect()) {
      ProcessId worker = pool.first();
      await().atMost(LONG).until(() -> pool.holds(worker));
      Process kidreaper = DeliverMain.start(worker, SIGTERM, moment.name());
      try {
        // Up to the first stop the worker is followed by itself; then it is given its request.
        if (moment.compareTo(Moment.STOPPED) > 0) {
          await().atMost(LONG).until(() -> !traceless(worker));
          TestPool.send(client, "request");
        }
        awaitMoment(kidreaper, moment);
      } finally {
        kidreaper.destroyForcibly().waitFor();
      }

      await().atMost(LONG).until(() -> TestPool.free(worker));
      if (moment.compareTo(Moment.STOPPED) <= 0) {
        TestPool.send(client, "request");
      }
      assertThat(TestPool.answer(client)).isEqualTo(worker.pid() + " request");
      assertThat(pool.ask("next")).isEqualTo(worker.pid() + " next");
      assertThat(pool.workers()).containsExactly(worker.pid());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Moment.class,
      names = {"SEIZED", "STOPPED", "AT_BOUNDARY", "BEFORE_SIGNAL"})
  void anIdleWorkerOfSeveralThreadsServesOn(Moment moment) throws Exception {
    try (TestPool pool = TestPool.serve("tcp4:127.0.0.1:0", "accept", "threads=4")) {
      ProcessId worker = pool.ready();
      Process kidreaper = DeliverMain.start(worker, SIGTERM, moment.name());
      try {
        awaitMoment(kidreaper, moment);
      } finally {
        kidreaper.destroyForcibly().waitFor();
      }

      await().atMost(LONG).until(() -> TestPool.free(worker));
      for (int request = 0; request < 8; request++) {
        assertThat(pool.ask("next")).isEqualTo(worker.pid() + " next");
      }
      assertThat(pool.workers()).containsExactly(worker.pid());
    }
  }

  private static boolean traceless(ProcessId process) {
    return Proc.REAL.status(process.pid()).orElseThrow().tracerPid().orElseThrow() == 0;
  }

  private static void awaitMoment(Process kidreaper, Moment moment) throws IOException {
    BufferedReader reader = kidreaper.inputReader(StandardCharsets.UTF_8);
    assertThat(reader.readLine()).isEqualTo("at " + moment.name().toLowerCase(Locale.ROOT));
  }
}
