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
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.SocketKind;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.server.BareFcgi;
import io.kidreaper.testbed.server.Catalyst;
import io.kidreaper.testbed.server.LibFcgi;
import io.kidreaper.testbed.server.PhpFpm;
import io.kidreaper.testbed.server.ProcManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A retirement that is asked for at the worst moments of a request: the request is answered whole,
 * and the worker leaves afterwards. At the first three of them a plain HUP loses it on FCGI.pm.
 */
class BoundaryRaceIT {
  private static final int BODY_BYTES = 200_000;
  private static final int ANSWER_BYTES = 4_000_000;

  /** Where the connection is held while the worker is asked to go. */
  enum Held {
    CONNECTED_AND_SILENT,
    HALF_OF_BEGIN_REQUEST,
    HALF_OF_PARAMS,
    HALF_OF_BODY,
    HALF_OF_ANSWER
  }

  static Stream<Arguments> races() {
    return Stream.<Server>of(
            new ProcManager(), new Catalyst(), new BareFcgi(), new PhpFpm(), new LibFcgi())
        .flatMap(server -> Arrays.stream(Held.values()).map(held -> Arguments.of(server, held)));
  }

  @ParameterizedTest
  @MethodSource("races")
  @SuppressWarnings("try") // It hangs up early on purpose, as a web server does.
  void answersTheRequestWholeAndThenLeaves(Server kind, Held held) throws Exception {
    Route route =
        held == Held.HALF_OF_ANSWER
            ? new Route.Echo(ANSWER_BYTES, 7)
            : new Route.Sum(BODY_BYTES, 7);
    try (Site site = Site.open("race-" + kind.name());
        ExecutorService aside = Executors.newSingleThreadExecutor()) {
      RunningServer server = site.start(kind, 1, socketFor(kind, held));
      server.awaitFullPool();
      try (AttachedPool pool = AttachedPool.of(server.managerPid());
          HandMadeRequest request = HandMadeRequest.connect(server, route)) {
        ProcessId worker = pool.workersEldestFirst().getFirst();
        Manner manner =
            new Manner(
                Signal.valueOf(kind.traits().retireSignal()),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Escalation.NONE,
                false);

        byte[] begun = sendUpTo(held, request);
        awaitConnectionTakenBy(worker);
        CompletableFuture<Outcome> outcome =
            CompletableFuture.supplyAsync(() -> pool.retire(worker, At.BOUNDARY, manner), aside);
        awaitTracing(worker);
        sendTheRest(held, request);
        byte[] answer = request.answer(begun);
        // As a web server does: php-fpm waits for it before it goes on.
        request.hangUp();

        assertThat(answer).as("the answer").isEqualTo(route.answer().orElseThrow());
        assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(Outcome.Retired.class);
        assertThat(ProcessHandle.of(worker.pid()).filter(ProcessHandle::isAlive)).isEmpty();
      }
    }
  }

  /** libfcgi itself gives up a connection on a unix socket that says nothing for 2 s. */
  private static SocketKind socketFor(Server kind, Held held) {
    return held == Held.CONNECTED_AND_SILENT ? SocketKind.TCP4 : kind.traits().usualSocket();
  }

  private static byte[] sendUpTo(Held held, HandMadeRequest request) throws IOException {
    int begin = request.begin().length;
    int params = request.params().length;
    int stdin = request.stdin().length;
    switch (held) {
      case CONNECTED_AND_SILENT -> {}
      case HALF_OF_BEGIN_REQUEST -> request.send(request.begin(), 0, begin / 2);
      case HALF_OF_PARAMS -> {
        request.send(request.begin(), 0, begin);
        request.send(request.params(), 0, params / 2);
      }
      case HALF_OF_BODY -> {
        request.send(request.begin(), 0, begin);
        request.send(request.params(), 0, params);
        request.send(request.stdin(), 0, stdin / 2);
      }
      case HALF_OF_ANSWER -> {
        request.send(request.begin(), 0, begin);
        request.send(request.params(), 0, params);
        request.send(request.stdin(), 0, stdin);
        // The rest does not fit into the socket's buffers: the worker is in the middle of writing.
        return request.read(ANSWER_BYTES / 2);
      }
    }
    return new byte[0];
  }

  private static void sendTheRest(Held held, HandMadeRequest request) throws IOException {
    int begin = request.begin().length;
    int params = request.params().length;
    int stdin = request.stdin().length;
    switch (held) {
      case CONNECTED_AND_SILENT -> {
        request.send(request.begin(), 0, begin);
        request.send(request.params(), 0, params);
        request.send(request.stdin(), 0, stdin);
      }
      case HALF_OF_BEGIN_REQUEST -> {
        request.send(request.begin(), begin / 2, begin);
        request.send(request.params(), 0, params);
        request.send(request.stdin(), 0, stdin);
      }
      case HALF_OF_PARAMS -> {
        request.send(request.params(), params / 2, params);
        request.send(request.stdin(), 0, stdin);
      }
      case HALF_OF_BODY -> request.send(request.stdin(), stdin / 2, stdin);
      case HALF_OF_ANSWER -> {}
    }
  }

  /** The kernel completes a connection before the worker has accepted it. */
  private static void awaitConnectionTakenBy(ProcessId worker) {
    PeekObserver observer = new PeekObserver();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> observer.look(worker) instanceof Activity.Serving);
  }

  private static void awaitTracing(ProcessId worker) {
    Path status = Path.of("/proc", Integer.toString(worker.pid()), "status");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> !Files.readString(status).contains("TracerPid:\t0\n"));
  }
}
