package io.kidreaper.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.trace.PeekObserver;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.At;
import io.kidreaper.retire.Escalation;
import io.kidreaper.retire.Manner;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.Signal;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.server.PhpFpm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A php-fpm worker that works on after {@code fastcgi_finish_request}: its client has the whole
 * answer, it holds no connection, and what it does must be finished all the same before it goes.
 * Even SIGKILL must wait for that.
 */
class WorksOnIT {
  private static final Duration LONG = Duration.ofSeconds(30);

  @ParameterizedTest
  @CsvSource({
    "sleep, BOUNDARY, KILL",
    "select, BOUNDARY, KILL",
    "select, BOUNDARY, QUIT",
    "sleep, IDLE, KILL",
    "select, IDLE, KILL"
  })
  void itsWorkIsFinishedBeforeItGoes(String how, At at, Signal signal) throws Exception {
    try (Site site = Site.open("workson")) {
      RunningServer server = site.start(new PhpFpm(), 1);
      Path script = site.dir().resource("php/workson.php");
      Path done = site.dir().path("done");
      try (AttachedPool pool = AttachedPool.of(server.managerPid());
          HandMadeRequest request =
              HandMadeRequest.connect(server, "/?how=" + how + "&done=" + done, script)) {
        ProcessId worker = pool.workersEldestFirst().getFirst();
        request.sendAll();
        String answer = new String(request.answer(new byte[0]), StandardCharsets.US_ASCII);
        request.hangUp();
        awaitNoConnection(worker);
        assertThat(done).as("it is still at work").doesNotExist();

        Outcome outcome =
            pool.retire(worker, at, new Manner(signal, LONG, LONG, Escalation.NONE, false));

        assertThat(answer).isEqualTo("answered\n");
        assertThat(outcome).isInstanceOf(Outcome.Retired.class);
        assertThat(Files.readString(done))
            .isEqualTo(String.format(Locale.ROOT, "%d%n", worker.pid()));
      }
    }
  }

  private static void awaitNoConnection(ProcessId worker) {
    PeekObserver observer = new PeekObserver();
    Awaitility.await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> observer.look(worker) instanceof Activity.Between);
  }
}
