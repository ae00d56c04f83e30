package io.kidreaper.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that are served by the thread that accepts, and what happens when that was a mistake.
 */
@Timeout(60)
class AcceptorsTest {
  private static final ResponderLimits ONE = new ResponderLimits(1, 1, 1, 10_000, 100);

  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch go = new CountDownLatch(1);

  @AfterEach
  void closeAll() throws Exception {
    go.countDown();
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  /**
   * The place of an answered request is free before the web server can know that it is answered.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneAtATimeNeverMeansOverload(boolean kept) throws Exception {
    FastCgiServer server = serve(ONE, (rq, rs) -> rs.send("text/plain", "x"));
    Wire wire = new Wire(server.address());
    for (int i = 0; i < 2_000; i++) {
      if (!kept && i > 0) {
        wire = new Wire(server.address());
      }
      wire.get(1, kept, Map.of("REQUEST_METHOD", "GET"));
      assertThat(wire.answer(1).body()).isEqualTo("x");
      if (!kept) {
        wire.close();
      }
    }
    wire.close();
  }

  @Test
  void quickRequestsAreServedByTheThreadThatAccepts() throws Exception {
    FastCgiServer server = trusted();
    await().until(() -> get(server, "thread").equals("fastcgi-accept"));
  }

  /** All of them at once, though each was expected to be quick. */
  @Test
  void requestsThatStallHoldNobodyUp() throws Exception {
    FastCgiServer server = trusted();
    List<Wire> stalled = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Wire wire = keep(new Wire(server.address()));
      wire.get(1, false, Map.of("QUERY_STRING", "stall"));
      stalled.add(wire);
    }
    await().until(() -> server.activeRequests() == stalled.size());
    assertThat(get(server, "")).isEqualTo("x");
    assertThat(acceptThreads()).isBetween(1L, 17L);
    go.countDown();
    for (Wire wire : stalled) {
      assertThat(wire.answer(1).body()).isEqualTo("stalled");
    }
    await().until(() -> acceptThreads() == 1);
    assertThat(get(server, "")).isEqualTo("x");
  }

  /** They are accepted, and then say nothing. */
  @Test
  void peersThatSayNothingHoldNobodyUp() throws Exception {
    FastCgiServer server = trusted();
    for (int i = 0; i < 40; i++) {
      keep(new Wire(server.address()));
    }
    await().until(() -> server.openConnections() >= 40);
    assertThat(get(server, "")).isEqualTo("x");
    assertThat(acceptThreads()).isLessThanOrEqualTo(17);
  }

  @Test
  void anAbortReachesARequestThatTheAcceptingThreadServes() throws Exception {
    FastCgiServer server = trusted();
    Wire wire = keep(new Wire(server.address()));
    wire.get(1, true, Map.of("QUERY_STRING", "stall"));
    await().until(() -> server.activeRequests() == 1);
    wire.send(new FcgiRecord.AbortRequest(1));
    assertThat(wire.receive()).isInstanceOf(FcgiRecord.EndRequest.class);
    wire.get(1, true, Map.of("QUERY_STRING", "again"));
    assertThat(wire.answer(1).body()).isEqualTo("x");
    assertThat(get(server, "")).isEqualTo("x");
  }

  @Test
  void bodiesThatComeLaterAndKeptConnectionsAreReadElsewhere() throws Exception {
    FastCgiServer server = trusted();
    for (int i = 0; i < 50; i++) {
      Wire wire = keep(new Wire(server.address()));
      wire.send(
          new FcgiRecord.BeginRequest(1, 1, FcgiRecord.BeginRequest.KEEP_CONN),
          ResponderProtocolTest.params(1, Map.of("QUERY_STRING", "body")),
          ResponderProtocolTest.end(RecordType.PARAMS, 1));
      assertThat(get(server, "")).isEqualTo("x");
      wire.send(
          new FcgiRecord.Stream(RecordType.STDIN, 1, RecordCodecTest.bytes("abc")),
          ResponderProtocolTest.end(RecordType.STDIN, 1));
      assertThat(wire.answer(1).body()).isEqualTo("3");
      wire.get(1, true, Map.of("QUERY_STRING", "again"));
      assertThat(wire.answer(1).body()).isEqualTo("x");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void finishingWaitsForTheRequestOfTheAcceptingThread(boolean one) throws Exception {
    FastCgiServer server = trusted(one ? ONE : ResponderLimits.DEFAULT);
    Wire wire = keep(new Wire(server.address()));
    wire.get(1, false, Map.of("QUERY_STRING", "stall"));
    await().until(() -> server.activeRequests() == 1);
    server.finish();
    assertThat(server.join(300)).isFalse();
    go.countDown();
    assertThat(wire.answer(1).body()).isEqualTo("stalled");
    assertThat(server.join(10_000)).isTrue();
    await().until(() -> acceptThreads() == 0);
  }

  private FastCgiServer trusted() throws Exception {
    return trusted(ResponderLimits.DEFAULT);
  }

  /** A server whose requests have been quick until now. */
  private FastCgiServer trusted(ResponderLimits limits) throws Exception {
    FastCgiServer server = serve(limits, this::handle);
    await().until(() -> get(server, "thread").equals("fastcgi-accept"));
    return server;
  }

  private void handle(FastCgiRequest request, FastCgiResponse response) throws Exception {
    switch (request.params().getOrDefault("QUERY_STRING", "")) {
      case "stall" -> {
        go.await();
        response.send("text/plain", "stalled");
      }
      case "thread" -> response.send("text/plain", Thread.currentThread().getName());
      case "body" -> response.send("text/plain", "" + request.stdin().readAllBytes().length);
      default -> response.send("text/plain", "x");
    }
  }

  private static long acceptThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("fastcgi-accept"))
        .count();
  }

  private static String get(FastCgiServer server, String query) throws Exception {
    String body = "";
    // Trust is earned by many requests.
    for (int i = 0; i < (query.equals("thread") ? 200 : 1); i++) {
      try (Wire wire = new Wire(server.address())) {
        wire.get(1, false, Map.of("QUERY_STRING", query));
        body = wire.answer(1).body();
      }
    }
    return body;
  }

  private FastCgiServer serve(ResponderLimits limits, FastCgiHandler handler) throws IOException {
    return keep(
        FastCgiServer.builder()
            .listenTcp(Wire.loopback())
            .limits(limits)
            .responder(handler)
            .onError((what, error) -> {})
            .start());
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.add(one);
    return one;
  }
}
